using GuestMemory.Kvm;
using GuestMemory.Tdx.Tests.Host;

namespace GuestMemory.Tdx.Tests.Injection;

/// <summary>A TD on its host, with the argument block of a command that goes on where it stopped.</summary>
internal sealed class TdxSystem
{
    public const ulong At = KvmTdx.At;
    public const ulong Page = KvmTdx.Page;

    public TdxSystem(IFaultInjector injector, bool hasVcpu = true)
    {
        World = new(injector: injector, hasVcpu: hasVcpu, observer: new InvariantChecker());
        Block = KvmTdx.Block(World.Memory, At, 2, 1);
    }

    public KvmTdx World { get; }

    public byte[] Block { get; }

    public Machine Machine => World.Machine;

    /// <summary>Frames and pins, and what the host can no longer use.</summary>
    public string Holds
    {
        get
        {
            var frames = Machine.Frames;
            return $"{frames.CountOf(FrameState.InUse)} frames, {frames.CountOf(FrameState.Leaked)} leaked, {frames.Pins.All.Count} pins, {World.Module.Tds.Count} TDs";
        }
    }

    /// <summary>The first invariant that does not hold: the machine's or the module's.</summary>
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

            return TdxInvariants.Check(World.Module) is [var first, ..] ? $"breaks {first}" : null;
        }
    }

    /// <summary>Where the kernel would try for ever the model stops; that is an answer here.</summary>
    public static Outcome Waited(Func<Outcome> operate)
    {
        try
        {
            return operate();
        }
        catch (InvalidOperationException)
        {
            return new(Lane.Status, (ulong)Errno.EAGAIN, 0, null);
        }
    }

    /// <summary>Closes whatever keeps a VM; what is closed already stays so.</summary>
    public void End(ushort number)
    {
        var descriptors = World.Kvm.Descriptors;
        World.Kvm.Close(World.File);
        World.Kvm.Close(descriptors.Find(new(OpenFileKind.Vcpu, number)));
        World.Kvm.Close(descriptors.Find(new(OpenFileKind.Vm, number)));
    }

    public Outcome Command(TdxCommand command, byte[]? block = null) => World.Command(command, block).ToOutcome();

    public Outcome Accept(ulong gpa) => OutcomeOf(World.Call(TdxGuestFunction.PageAccept, gpa));

    public Outcome Load(ulong gpa) => OutcomeOf(World.Load(gpa));

    public Outcome Convert(ulong attributes) => World.Kvm.SetMemoryAttributes(World.Vm, At + Page, 2 * Page, attributes).ToOutcome();

    private static Outcome OutcomeOf(in VcpuExit exit) =>
        exit.Errno == Errno.OK ? new(Lane.Status, exit.Reason == ExitReason.Hlt ? 0UL : (ulong)exit.Reason, 0, null) : new(Lane.Status, (ulong)exit.Errno, (ulong)exit.Reason, exit.DecidedBy);
}
