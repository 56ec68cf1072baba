namespace GuestMemory.Tdx.Tests.Replay;

/// <summary>A replay that notes every rule that decided an answer.</summary>
internal sealed class CollectingReplay : IReplaySystem
{
    private readonly TdxReplay _replay = new();

    /// <summary>Ids of the rules that decided.</summary>
    public SortedSet<string> Deciders { get; } = new(StringComparer.Ordinal);

    public bool Understands(ReadOnlySpan<byte> environment) => _replay.Understands(environment);

    public void Configure(ReadOnlySpan<byte> meta) => _replay.Configure(meta);

    public void StartCase() => _replay.StartCase();

    public bool TryApply(ReadOnlySpan<byte> operation, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var applied = _replay.TryApply(operation, arguments, ref outcome);
        if (outcome.DecidedBy is { } rule)
        {
            Deciders.Add(rule.Id);
        }

        return applied;
    }

    public string DescribeState() => _replay.DescribeState();
}
