namespace GuestMemory.Rmp.Tests.Sequences;

/// <summary>A small world that random steps are made in: two blocks, two guests with two vCPUs each, and a host that edits the nested tables as it likes.</summary>
internal sealed partial class SnpSequence
{
    private readonly NestedTables _nested = new();
    private readonly HashSet<(Asid Asid, Gfn Gfn)>? _accepted;
    private readonly VmrunOperands?[] _running = new VmrunOperands?[4];

    /// <param name="rules">Which rules are off.</param>
    /// <param name="options">What the checker throws for.</param>
    /// <param name="areCareful">Guests keep books of the addresses they accepted, and stop where those do not fit.</param>
    public SnpSequence(RuleSwitches? rules = null, RmpCheckerOptions? options = null, bool areCareful = false)
    {
        options ??= RmpCheckerOptions.Default;
        World = new(rules: rules, options: options with { Views = options.Views with { Nested = _nested } });
        _accepted = areCareful ? [] : null;
    }

    /// <summary>Two blocks, a page without an entry, and one of the table's own.</summary>
    public static IReadOnlyList<Pfn> Pages { get; } =
        [SnpWorld.H(), SnpWorld.H(1), SnpWorld.H(5), SnpWorld.H(511), SnpWorld.Y(), SnpWorld.Y(5), new(SnpWorld.Frames + 5), new(SnpWorld.Frames - 5)];

    public static IReadOnlyList<Gpa> Addresses { get; } = [SnpWorld.G(), SnpWorld.G(1), SnpWorld.G(5), SnpWorld.G(511), SnpWorld.G(512)];

    public CheckedWorld World { get; }

    public SnpPlatform Platform => World.Platform;

    /// <summary>Makes a step.</summary>
    /// <returns>How its last operation ended; <see langword="null"/> when it came to none.</returns>
    public Outcome? Apply(SnpStep step) => step.Call >= SnpCall.Validate ? ApplyGuest(step) : ApplyHost(step);

    private Outcome? ApplyHost(SnpStep step)
    {
        var frame = Pages[step.Page];
        switch (step.Call)
        {
            case SnpCall.RmpUpdate: return Platform.RmpUpdate(UpdateOf(step)).ToOutcome();
            case SnpCall.Psmash: return Platform.Psmash(frame.Address).ToOutcome();
            case SnpCall.RmpRead: return new InstructionResult(Platform.RmpRead(CpuState.Host, frame.Address).Status).ToOutcome();
            case SnpCall.HostWrite: return Platform.Write(RmpAccess.Host(AccessKind.Write, frame, SizeOf(step)), 8, 8, (ulong)step.Bits).ToOutcome();
            case SnpCall.HostRead: return Platform.Read(RmpAccess.Host(AccessKind.Read, frame, SizeOf(step)), 8, 8, out _).ToOutcome();
            case SnpCall.DeviceWrite: return Platform.Write(new(RmpAccessor.Device, AccessKind.Write, frame, SizeOf(step)), 8, 8, (ulong)step.Bits).ToOutcome();
            case SnpCall.Give: return Give(step);
            case SnpCall.Take: return Take(step);
            case SnpCall.Freeze: return Freeze(step);
            case > SnpCall.Freeze: return ApplyFirmware(step);
            default: ApplyQuietly(step, frame); return null;
        }
    }

    private void ApplyQuietly(SnpStep step, Pfn frame)
    {
        switch (step.Call)
        {
            case SnpCall.Map: _nested.Map(AsidOf(step), Addresses[step.Address].Frame, frame, SizeOf(step)); break;
            case SnpCall.Unmap: _nested.Unmap(AsidOf(step), Addresses[step.Address].Frame); break;
            case SnpCall.Vmrun: Run(step, frame); break;
            case SnpCall.Vmexit: Exit(step.Vcpu); break;
            case SnpCall.BeginChange when Platform.Holds.Changing.Count == 0: Platform.Holds.BeginChange(frame); break;
            case SnpCall.EndChange when Platform.Holds.Changing.Count > 0: Platform.Holds.EndChange(Platform.Holds.Changing[0]); break;
        }
    }

    private static RmpUpdateOperands UpdateOf(SnpStep step)
    {
        var asid = (step.Bits >> 3) & 3;
        return new(
            Pages[step.Page].Address, (step.Bits & 2) != 0, asid is 1 or 2 ? new((uint)asid + 4) : default, Addresses[step.Address].Value, step.IsLarge, (step.Bits & 4) != 0);
    }

    // Seven in eight are at a fitting place, as a host that wants to get on makes them.
    private Outcome Give(SnpStep step)
    {
        var isFitting = (step.Bits & 0x70) != 0;
        var (frame, gfn) = (Pages[step.Page], Addresses[step.Address].Frame);
        var page = step.IsLarge ? new PhysicalPage(frame.AlignDown(PageSize.Size2M), PageSize.Size2M) : new(isFitting ? PageFor(step) : frame, PageSize.Size4K);
        var at = step.IsLarge ? gfn.AlignDown(PageSize.Size2M) : gfn;
        _nested.Map(AsidOf(step), at, page.Start, page.Size);
        return Platform.RmpUpdate(RmpUpdateOperands.Assign(page, AsidOf(step), at.Address, immutable: (step.Bits & 0x700) == 0)).ToOutcome();
    }

    // The page of a block that lies where the address lies in its own.
    private static Pfn PageFor(SnpStep step) => (step.Page < 4 ? SnpWorld.H() : SnpWorld.Y()) + (Addresses[step.Address].Frame.Value % 512);

    private Outcome Take(SnpStep step)
    {
        var frame = Pages[step.Page];
        if (!step.IsLarge && Platform.Table.IsInLargePage(frame))
        {
            Platform.Psmash(frame.Address);
        }

        return Platform.RmpUpdate(RmpUpdateOperands.Share(new(step.IsLarge ? frame.AlignDown(PageSize.Size2M) : frame, step.IsLarge ? PageSize.Size2M : PageSize.Size4K))).ToOutcome();
    }

    private void Run(SnpStep step, Pfn frame)
    {
        var run = new VmrunOperands(SnpWorld.Y(9), AsidOf(step), (step.Bits & 2) != 0, frame);
        if (_running[step.Vcpu] is null && Platform.RunVcpu(run).IsSuccess)
        {
            _running[step.Vcpu] = run;
        }
    }

    private void Exit(int vcpu)
    {
        if (_running[vcpu] is { } run)
        {
            Platform.Vmexit(run);
            _running[vcpu] = null;
        }
    }

    private static PageSize SizeOf(SnpStep step) => step.IsLarge ? PageSize.Size2M : PageSize.Size4K;

    private static Asid AsidOf(SnpStep step) => step.Vcpu < 2 ? SnpWorld.A : SnpWorld.B;
}
