using System.Buffers.Binary;

namespace GuestMemory.Tdx;

/// <summary>KVM's commands for a TD: checked, then made of the module's functions. Source: linux-kvm-tdx, a TD's commands.</summary>
internal readonly ref struct TdxLaunch
{
    private const int PageBytes = 4096;
    private readonly VirtualMachine _vm;
    private readonly TdxHost _host;

    public TdxLaunch(VirtualMachine vm, TdxHost host) => (_vm, _host) = (vm, host);

    public Outcome Run(uint command, Span<byte> data)
    {
        var td = _host.Find(_vm.Id);
        var call = new TdxCommandCall(_host, td, command, data);
        var rules = _vm.Machine.Options.Rules;
        if ((TdxCommandChecks.Any.Decide(ref call, rules) ?? TdxCommandChecks.For((TdxCommand)command).Decide(ref call, rules)) is { } refusal)
        {
            return new(Lane.Status, (ulong)refusal.Answer, 0, refusal);
        }

        return (TdxCommand)command switch
        {
            TdxCommand.InitVm => InitVm(call.Attributes, call.AddressBits),
            TdxCommand.InitVcpu => OrDead(_host.CreateVcpu(td!), mayBeBusy: false),
            TdxCommand.InitMemRegion => AddPages(td!, call.Flags != 0, data),
            TdxCommand.FinalizeVm => OrDead(_host.Call(td!, TdxFunction.MrFinalize, new(td!.Tdr.Address.Value)), mayBeBusy: true),
            _ => Terminate(td),
        };
    }

    // What the module does not do for a TD that is there is a defect of the host's: the VM is dead (linux-kvm-tdx, KVM_BUG_ON).
    private Outcome OrDead(in TdxResult result, bool mayBeBusy)
    {
        var outcome = Checked(result, mayBeBusy);
        if (outcome.DecidedBy == TdxHostRules.Module)
        {
            _vm.Kill();
        }

        return outcome;
    }

    private static Outcome Checked(in TdxResult result, bool mayBeBusy = false)
    {
        if (result.IsSuccess)
        {
            return Outcome.Success;
        }

        var rule = result.DecidedBy as TdxHostRule ?? (mayBeBusy && TdxHost.IsBusy(result) ? TdxHostRules.Busy : TdxHostRules.Module);
        return rule.Refuse(result.Status.Value);
    }

    private static ulong Word(ReadOnlySpan<byte> data, int at) => BinaryPrimitives.ReadUInt64LittleEndian(data[at..]);

    private Outcome InitVm(ulong attributes, ulong addressBits)
    {
        if (!_host.TryFindHkid(out var hkid))
        {
            return TdxHostRules.NoHkid.Refuse();
        }

        var created = _host.Create(_vm.Id, hkid, attributes, isWide: addressBits == 52);
        if (!created.IsSuccess && _host.Find(_vm.Id) is { } left)
        {
            // What was made on the way goes as a TD goes.
            _host.Release(left);
            _host.Reclaim(left);
        }

        return Checked(created);
    }

    // Page by page; what was done stays, and the argument says how far it came.
    private Outcome AddPages(HostedTd td, bool measures, Span<byte> data)
    {
        var filler = new TdxPageFiller(_host, td, measures);
        while (Word(data, 16) > 0)
        {
            var outcome = AddPage(new Gpa(Word(data, 8)).Frame, new(Word(data, 0)), filler);
            if (!outcome.IsSuccess)
            {
                return outcome;
            }

            BinaryPrimitives.WriteUInt64LittleEndian(data, Word(data, 0) + PageBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(data[8..], Word(data, 8) + PageBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(data[16..], Word(data, 16) - 1);
        }

        return Outcome.Success;
    }

    private Outcome AddPage(Gfn gfn, Hva source, TdxPageFiller filler)
    {
        if (_vm.Slots.Find(gfn) is not Memslot { HasFile: true } slot)
        {
            return TdxHostRules.Slot.Refuse();
        }

        filler.From(_vm.Machine.Process(slot.Layout.Process), source);
        var outcome = _vm.Populate(new(gfn, 1), [], filler, out _);
        return outcome.DecidedBy is CoreRule core ? new(Lane.Status, (ulong)core.PopulateErrno, 0, core) : outcome;
    }

    // The key goes at once, so that every page can be reclaimed by itself; the VM is dead from here on (linux-tdx-docs, TERMINATE_VM).
    private Outcome Terminate(HostedTd? td)
    {
        _vm.Kill();
        return td is { IsReleased: false } ? Checked(_host.Release(td)) : Outcome.Success;
    }
}
