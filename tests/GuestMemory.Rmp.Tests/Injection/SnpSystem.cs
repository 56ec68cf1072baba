using GuestMemory.Rmp.Tests.Host;

namespace GuestMemory.Rmp.Tests.Injection;

/// <summary>An SNP VM on its host, with the argument block of a command that goes on where it stopped.</summary>
internal sealed class SnpSystem
{
    public const ulong At = KvmSnp.At;
    public const ulong Page = KvmSnp.Page;

    public SnpSystem(IFaultInjector injector, int largestOrder)
    {
        World = new(new() { ReclaimFailure = ReclaimFailure.Leak }, injector: injector, largestOrder: largestOrder);
        Block = KvmSnp.UpdateBlock(At, World.Memory, 3 * Page, LaunchPageType.Normal);
    }

    public KvmSnp World { get; }

    public byte[] Block { get; }

    public Machine Machine => World.Machine;

    /// <summary>Frames and pins, and what the host can no longer use.</summary>
    public string Holds
    {
        get
        {
            var frames = Machine.Frames;
            return $"{frames.CountOf(FrameState.InUse)} frames, {frames.CountOf(FrameState.Leaked)} leaked, {frames.Pins.All.Count} pins, {World.Table.PagesOf(new(1))} pages of the guest";
        }
    }

    /// <summary>The first invariant that does not hold: the machine's, the table's, the host's.</summary>
    public string? Breach
    {
        get
        {
            foreach (var invariant in MachineInvariants.All)
            {
                if (invariant.FindBreach(Machine) is { } breach)
                {
                    return $"breaks {invariant.Name}: {breach}";
                }
            }

            return RmpInvariants.FindBreach(World.Host.Platform) is { } broken ? $"breaks {broken}"
                : SnpHostInvariants.FindAssignedFree(World.Host, Machine) is { } frame ? $"breaks INV-SNP-23 at {frame}"
                : null;
        }
    }

    public Outcome Command(SnpCommand command, byte[] block) => World.Command(command, block).ToOutcome();

    public Outcome Update(ulong pages) => Command(SnpCommand.LaunchUpdate, KvmSnp.UpdateBlock(At, World.Memory, pages * Page, LaunchPageType.Normal));

    public Outcome Punch(ulong pages) => World.Kvm.Fallocate(World.File, 3, (long)Page, (long)(pages * Page)).ToOutcome();

    public Outcome Convert(ulong attributes) => World.Kvm.SetMemoryAttributes(World.Vm, At + Page, 2 * Page, attributes).ToOutcome();

    public Outcome Validate(ulong gpa) => World.Validate(gpa) is var (exit, eax, _) && exit.Errno == Errno.OK
        ? new(Lane.Status, eax, 0, null)
        : new(Lane.Status, (ulong)exit.Errno, (ulong)exit.Reason, exit.DecidedBy);

    public Outcome Load(ulong gpa)
    {
        var exit = World.Load(gpa);
        return exit.Errno == Errno.OK ? Outcome.Success : new(Lane.Status, (ulong)exit.Errno, (ulong)exit.Reason, exit.DecidedBy);
    }

    /// <summary>The entry is another processor's while something is done.</summary>
    public void Held(Pfn frame, Action action)
    {
        World.Host.Platform.Holds.BeginChange(frame);
        action();
        World.Host.Platform.Holds.EndChange(frame);
    }

    /// <summary>Allocates a page of the file, for nobody.</summary>
    public Pfn Allocate(ulong page)
    {
        KvmSnp.Done(World.Kvm.Fallocate(World.File, 1, (long)(page * Page), (long)Page));
        return World.FrameOf(At + (page * Page));
    }
}
