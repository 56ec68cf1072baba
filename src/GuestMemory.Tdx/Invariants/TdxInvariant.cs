namespace GuestMemory.Tdx;

/// <summary>A named invariant: a sentence, where it comes from, and how to look for a breach. Immutable.</summary>
/// <remarks>One that speaks of states may also be judged step by step, where that sees more.</remarks>
public sealed class TdxInvariant
{
    private readonly Action<TdxScan>? _scan;
    private readonly Action<TdxStep>? _step;

    internal TdxInvariant(string id, string sentence, string source, Action<TdxScan>? scan = null, Action<TdxStep>? step = null)
    {
        (Id, Sentence, Source) = (id, sentence, source);
        (_scan, _step) = (scan, step);
    }

    /// <summary>Its stable name, "INV-TDX-" and a number.</summary>
    public string Id { get; }

    /// <summary>What holds.</summary>
    public string Sentence { get; }

    /// <summary>Key of an entry of <c>docs/sources.md</c>, then the place in it.</summary>
    public string Source { get; }

    /// <summary>What it speaks of.</summary>
    public TdxInvariantKind Kind => _scan is null ? TdxInvariantKind.Step : TdxInvariantKind.State;

    /// <summary>Id and sentence.</summary>
    public override string ToString() => $"{Id}: {Sentence}";

    internal TdxBreach? Find(TdxScan scan)
    {
        scan.Findings.Clear();
        _scan?.Invoke(scan);
        return scan.Findings.First(this);
    }

    internal TdxBreach? Find(TdxStep step)
    {
        step.Findings.Clear();
        _step?.Invoke(step);
        return step.Findings.First(this);
    }
}
