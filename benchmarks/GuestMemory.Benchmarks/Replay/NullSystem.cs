namespace GuestMemory.Benchmarks;

/// <summary>Understands every recording and does nothing with it: what is left is reading and parsing.</summary>
internal sealed class NullSystem : IReplaySystem
{
    public bool Understands(ReadOnlySpan<byte> environment) => true;

    public void Configure(ReadOnlySpan<byte> meta)
    {
    }

    public void StartCase()
    {
    }

    public bool TryApply(ReadOnlySpan<byte> operation, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        outcome.Compared = false;
        return true;
    }

    public string DescribeState() => "nothing";
}
