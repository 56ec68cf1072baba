using GuestMemory;
using GuestMemory.Kvm;
using GuestMemory.Rmp;

/// <summary>AMD SEV-SNP.</summary>
internal sealed class SnpSide() : Side("SEV-SNP", SnpVm.Instance, machine => new RmpOwnershipTable(machine))
{
    private const ulong BufferPage = 15;

    private SnpHost Host => ((RmpOwnershipTable)Machine.Ownership).Host;

    public override Answer Accept(ulong page)
    {
        ulong[] registers = [At + (page * Page), 0, 1];
        var exit = Kvm.GuestCall(Vm, (uint)SnpGuestFunction.Pvalidate, registers);
        return exit.Reason == ExitReason.Hlt ? new($"EAX {registers[0]}, CF {registers[1]}") : Show(exit);
    }

    protected override KvmResult Create() => Command(SnpCommand.Init2) is { IsSuccess: false } refused ? refused : Kvm.CreateVcpu(Vm);

    protected override KvmResult Measure()
    {
        var started = Command(SnpCommand.LaunchStart, 0x3_0000);
        var updated = started.IsSuccess ? Command(SnpCommand.LaunchUpdate, At / Page, Memory, Page, (ulong)LaunchPageType.Normal) : started;
        return updated.IsSuccess ? Command(SnpCommand.LaunchFinish) : updated;
    }

    // A page state change with one entry; its buffer is a page that is shared already.
    protected override VcpuExit AskToShare(ulong gpa)
    {
        Convert(BufferPage, isPrivate: false);
        Write(BufferPage, 0, isPrivate: false);
        var buffer = At + (BufferPage * Page);
        Kvm.GuestStore(Vm, buffer + PscBuffer.HeaderBytes, 8, PscEntry.Of(PscOperation.Shared, new Gpa(gpa).Frame).Value, asksPrivate: false);
        ulong[] registers = [buffer, PscBuffer.HeaderBytes + PscBuffer.EntryBytes, 0];
        return Kvm.GuestCall(Vm, (uint)SnpGuestFunction.PageStateChange, registers);
    }

    // Linux has no call for it: the host's kernel would speak to the table and the firmware.
    protected override Answer MoveByTechnology(ulong page)
    {
        var (gfn, from, guest) = (new Gpa(At + (page * Page)).Frame, FrameOf(page), Host.Find(Guest.Id)!);
        if (!Machine.Frames.TryTake(new(0, 1, FramePurpose.Guest), out var to))
        {
            return new("no frame is left");
        }

        Guest.BeginConversion(new(gfn, 1));
        Guest.EndConversion(new(gfn, 1));
        foreach (var frame in (ReadOnlySpan<Pfn>)[from, to.Start])
        {
            Host.Update(RmpUpdateOperands.Assign(new(frame, PageSize.Size4K), guest.Asid, gfn.Address, immutable: true));
        }

        var moved = Host.Platform.Firmware.PageMove(guest.Context!.Value, new(from, PageSize.Size4K), new(to.Start, PageSize.Size4K));
        return moved.IsSuccess ? Answer.Of(Store.Replace(new(page), to.Start)) : new($"{moved.Status}", moved.DecidedBy);
    }

    protected override string Exception(VcpuExit exit) => $"#VC: {(RmpFaultKind)exit.Value}, 0x{exit.Flags:x}";

    private KvmResult Command(SnpCommand command, params ReadOnlySpan<ulong> words) => Kvm.MemoryEncryptOp(Vm, (uint)command, Block(words));
}
