namespace GuestMemory.Tdx;

/// <summary>Replays recordings of Intel's TDX module: each recorded operation becomes the call the recorder made, and what it looked at afterwards is looked at here.</summary>
/// <remarks>Not thread-safe. Source: tdx-recordings, README.</remarks>
public sealed partial class TdxReplay : IReplaySystem
{
    private readonly RuleSwitches? _rules;
    private readonly Func<TdxModule, ITdxObserver?>? _observers;
    private readonly FrameContents _contents = new();
    private TdxPlatform? _platform;
    private TdxModule? _module;

    /// <summary>Creates a replay.</summary>
    /// <param name="rules">Which rules are off; <see langword="null"/> for none.</param>
    /// <param name="observers">Makes the observer of each case's module, a <see cref="TdxChecker"/> say; <see langword="null"/> for none. It does not hear of what the recorder forced: <c>emu.*</c>.</param>
    public TdxReplay(RuleSwitches? rules = null, Func<TdxModule, ITdxObserver?>? observers = null) => (_rules, _observers) = (rules, observers);

    private TdxModule Module => _module ?? throw new InvalidOperationException("No case has begun.");

    /// <inheritdoc/>
    public bool Understands(ReadOnlySpan<byte> environment) => environment.StartsWith(RecordedVersion.Environment);

    /// <inheritdoc/>
    public void Configure(ReadOnlySpan<byte> meta) => _platform = RecordedMachine.With(RecordedVersion.Read(meta));

    /// <inheritdoc/>
    public void StartCase()
    {
        var platform = _platform ?? throw new InvalidOperationException("No recording is configured.");
        _contents.Clear(PfnRange.FromBounds(default, new(1UL << (platform.AddressBits - 12))));
        _module = new(platform, _contents, _rules);
        _module.Observer = _observers?.Invoke(_module);
    }

    /// <inheritdoc/>
    public bool TryApply(ReadOnlySpan<byte> operation, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        if (RecordedCalls.Find(operation) is not { } call)
        {
            return false;
        }

        if (call.Form < RecordedForm.Accept)
        {
            Call(call, arguments, ref outcome);
        }
        else if (call.Form < RecordedForm.Fill)
        {
            Guest(call.Form, arguments, ref outcome);
        }
        else
        {
            Emulate(call.Form, arguments, ref outcome);
        }

        return true;
    }

    /// <inheritdoc/>
    public string DescribeState() => _module is { } module ? StateText.Of(module) : "no case has begun";

    // A page's address as the module takes it: aligned, without key bits.
    private Td? TdOf(ulong tdr) => tdr % 4096 == 0 && tdr >> Module.Platform.HkidShift == 0 ? Module.FindTd(new Spa(tdr).Frame) : null;

    private Td? TdOfVcpu(Pfn tdvpr) => Module.FindVcpu(tdvpr)?.Td;
}
