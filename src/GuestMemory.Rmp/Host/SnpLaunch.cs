using System.Buffers.Binary;

namespace GuestMemory.Rmp;

/// <summary>KVM's launch of an SNP guest: the commands a VMM gives, and the end of the VM. Source: linux-kvm-sev, SNP launch; kvm-api, amd-memory-encryption.</summary>
internal readonly ref struct SnpLaunch
{
    private readonly VirtualMachine _vm;
    private readonly SnpHost _host;

    public SnpLaunch(VirtualMachine vm, SnpHost host)
    {
        _vm = vm;
        _host = host;
    }

    public Outcome Run(uint command, Span<byte> data)
    {
        var guest = _host.Find(_vm.Id);
        var call = new SnpCommandCall(_host, guest, command, data);
        var rules = _vm.Machine.Options.Rules;
        if ((SnpCommandChecks.Any.Decide(ref call, rules) ?? SnpCommandChecks.For((SnpCommand)command).Decide(ref call, rules)) is { } refusal)
        {
            return new(Lane.Status, (ulong)refusal.Answer, 0, refusal);
        }

        return (SnpCommand)command switch
        {
            SnpCommand.Init2 => Initialise(),
            SnpCommand.LaunchStart => Start(guest!, call.Policy),
            SnpCommand.LaunchUpdate => UpdatePages(guest!, call.PageType, data),
            _ => Finish(guest!, guest!.Context!.Value),
        };
    }

    // The VM ends: the context goes first, then the pages the host made for it. Guest memory goes with its file.
    public void End()
    {
        if (_host.Find(_vm.Id) is not { } guest)
        {
            return;
        }

        if (guest.Context is { } context)
        {
            // What the firmware did not let go of has its ASID for good (linux-kvm-sev, launch and reclaim paths).
            if (!_host.Firmware(context, _host.Platform.Firmware.Decommission(context)).IsSuccess)
            {
                _host.Lose(guest.Asid);
            }

            _host.ReturnFirmwarePage(context);
        }

        if (guest.Vmsa is { } vmsa)
        {
            _host.ReturnPage(vmsa, reclaims: false);
        }

        if (guest.Vmcb is { } vmcb)
        {
            _vm.Machine.Frames.GiveBack(new(vmcb, 1));
        }

        _host.Remove(_vm.Id);
    }

    private static ulong Word(ReadOnlySpan<byte> data, int at) => BinaryPrimitives.ReadUInt64LittleEndian(data[at..]);

    private static Outcome Firmware(in FirmwareResult result) =>
        result.IsSuccess ? Outcome.Success : new(Lane.Status, (ulong)SnpCommandRules.Firmware.Errno, (ulong)result.Status, result.DecidedBy);

    private Outcome Initialise()
    {
        if (_host.TryFindAsid(out var asid))
        {
            _host.Add(_vm.Id, asid);
        }

        return Outcome.Success;
    }

    private Outcome Start(HostedSnpGuest guest, ulong policy)
    {
        if (!_host.TryTakeFirmwarePage(out var context))
        {
            return SnpCommandRules.NoPage.Refuse();
        }

        var created = Firmware(_host.Firmware(context, _host.Platform.Firmware.GctxCreate(context)));
        if (!created.IsSuccess)
        {
            _host.ReturnFirmwarePage(context);
            return created;
        }

        var started = Bind(guest, context, policy);
        guest.Context = started.IsSuccess ? context : null;
        if (!started.IsSuccess)
        {
            _host.Firmware(context, _host.Platform.Firmware.Decommission(context));
            _host.ReturnFirmwarePage(context);
        }

        return started;
    }

    private Outcome Bind(HostedSnpGuest guest, Pfn context, ulong policy)
    {
        var firmware = _host.Platform.Firmware;
        var started = _host.Firmware(context, firmware.LaunchStart(context, policy));
        if (!started.IsSuccess)
        {
            return Firmware(started);
        }

        var activated = _host.Firmware(context, firmware.Activate(context, guest.Asid));
        if (activated.Status == SevStatus.DfFlushRequired)
        {
            // Linux writes the caches back and flushes before it gives ASIDs out again.
            firmware.Wbinvd();
            firmware.DfFlush();
            activated = _host.Firmware(context, firmware.Activate(context, guest.Asid));
        }

        return Firmware(activated);
    }

    // Page by page; what was done before a refusal stays, and the argument says how far it came.
    private Outcome UpdatePages(HostedSnpGuest guest, LaunchPageType type, Span<byte> data)
    {
        var filler = new SnpPageFiller(_host, guest, type);
        Span<byte> bytes = stackalloc byte[4096];
        for (var done = 0; Word(data, 16) > 0; done++)
        {
            var gfn = new Gfn(Word(data, 0));
            var outcome = UpdatePage(gfn, type, Word(data, 8), bytes, filler);
            if (!outcome.IsSuccess)
            {
                return done > 0 && filler.Status == SevStatus.Success ? Outcome.Success : outcome;
            }

            Advance(data, type);
        }

        return Outcome.Success;
    }

    private static void Advance(Span<byte> data, LaunchPageType type)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(data, Word(data, 0) + 1);
        BinaryPrimitives.WriteUInt64LittleEndian(data[8..], type == LaunchPageType.Zero ? Word(data, 8) : Word(data, 8) + 4096);
        BinaryPrimitives.WriteUInt64LittleEndian(data[16..], Word(data, 16) - 4096);
    }

    private Outcome UpdatePage(Gfn gfn, LaunchPageType type, ulong source, Span<byte> bytes, SnpPageFiller filler)
    {
        if (gfn.Value >= VirtualMachine.AllGfns.End.Value || _vm.Slots.Find(gfn) is not Memslot { HasFile: true } slot)
        {
            return SnpCommandRules.Slot.Refuse();
        }

        bytes.Clear();
        if (type != LaunchPageType.Zero && _vm.Machine.Process(slot.Layout.Process).Load(new(source), bytes) != HostFault.None)
        {
            return SnpCommandRules.Unreadable.Refuse();
        }

        var outcome = _vm.Populate(new(gfn, 1), bytes, filler, out _);
        if (!outcome.IsSuccess && filler.Corrected is { } corrected)
        {
            // The VMM sees what the firmware would take.
            CopyBack(_vm.Machine.Process(slot.Layout.Process), source, corrected);
        }

        return outcome.DecidedBy is CoreRule core ? new(Lane.Status, (ulong)core.PopulateErrno, 0, core) : outcome;
    }

    private void CopyBack(HostAddressSpace process, ulong source, Pfn frame)
    {
        for (var at = 0UL; at < 4096; at += 8)
        {
            process.Store(new(source + at), 8, _vm.Machine.Contents.Read(frame.Address + at, 8));
        }
    }

    private Outcome Finish(HostedSnpGuest guest, Pfn context)
    {
        var made = MakeSaveArea(guest, context);
        if (!made.IsSuccess)
        {
            return made;
        }

        var finished = Firmware(_host.Firmware(context, _host.Platform.Firmware.LaunchFinish(context)));
        guest.IsLaunched = finished.IsSuccess;
        return finished;
    }

    private Outcome MakeSaveArea(HostedSnpGuest guest, Pfn context)
    {
        // A finish that failed later is tried again with what is there.
        if (guest.Vmsa is not null)
        {
            return Outcome.Success;
        }

        if (guest.Vmcb is null && _host.TryTakePage(out var vmcb))
        {
            guest.Vmcb = vmcb;
        }

        if (guest.Vmcb is null || !_host.TryTakePage(out var vmsa))
        {
            return SnpCommandRules.NoPage.Refuse();
        }

        var page = new PhysicalPage(vmsa, PageSize.Size4K);
        if (!_host.Update(RmpUpdateOperands.Assign(page, guest.Asid, _host.Options.Switches.VmsaGpa, immutable: true)).IsSuccess)
        {
            _vm.Machine.Frames.GiveBack(new(vmsa, 1));
            return SnpCommandRules.NotAssigned.Refuse();
        }

        var updated = _host.Firmware(vmsa, _host.Platform.Firmware.LaunchUpdate(context, page, LaunchPageType.Vmsa));
        if (updated.IsSuccess)
        {
            guest.Vmsa = vmsa;
            return Outcome.Success;
        }

        _host.ReturnPage(vmsa, reclaims: true);
        return Firmware(updated);
    }
}
