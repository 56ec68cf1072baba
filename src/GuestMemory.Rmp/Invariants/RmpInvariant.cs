namespace GuestMemory.Rmp;

/// <summary>A named invariant: a sentence, where it comes from, and how to look for a breach.</summary>
/// <remarks>Immutable. One that speaks of states may also be judged step by step, where that is cheaper or sees more.</remarks>
public sealed class RmpInvariant
{
    private readonly RmpPagePredicate? _page;
    private readonly Action<RmpScan>? _scan;
    private readonly Action<RmpStep>? _step;

    internal RmpInvariant(string name, string sentence, string source, RmpPagePredicate page)
        : this(name, sentence, source) => _page = page;

    internal RmpInvariant(string name, string sentence, string source, Action<RmpScan>? scan = null, Action<RmpStep>? step = null, bool isPolicy = false)
    {
        Name = name;
        Sentence = sentence;
        Source = source;
        IsPolicy = isPolicy;
        _scan = scan;
        _step = step;
    }

    /// <summary>Its stable name, "INV-SNP-" and a number.</summary>
    public string Name { get; }

    /// <summary>What holds.</summary>
    public string Sentence { get; }

    /// <summary>Key of an entry of <c>docs/sources.md</c>, then the place in it.</summary>
    public string Source { get; }

    /// <summary>Whether host or guest have to keep it by themselves; the others are kept by hardware and firmware.</summary>
    public bool IsPolicy { get; }

    /// <summary>What it speaks of.</summary>
    public RmpInvariantKind Kind => _page is null && _scan is null ? RmpInvariantKind.Step : RmpInvariantKind.State;

    /// <summary>Looks for a breach anywhere on a platform, as it is now.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="views">What the host knows; <see langword="null"/> for nothing.</param>
    /// <returns>What is wrong, or <see langword="null"/> when the invariant holds, or speaks of steps.</returns>
    public string? FindBreach(SnpPlatform platform, RmpViews? views = null)
    {
        ArgumentNullException.ThrowIfNull(platform);
        return Find(new RmpScan(platform, views ?? RmpViews.None));
    }

    /// <summary>Name and sentence.</summary>
    public override string ToString() => $"{Name}: {Sentence}";

    internal string? Find(RmpScan scan)
    {
        scan.Forget();
        if (_page is not null)
        {
            FindPage(scan, _page);
        }

        _scan?.Invoke(scan);
        return scan.Breach;
    }

    internal string? Find(RmpStep step)
    {
        step.Forget();
        _step?.Invoke(step);
        return step.Breach;
    }

    private static void FindPage(RmpScan scan, RmpPagePredicate holds)
    {
        foreach (var page in scan.Pages)
        {
            if (!holds(page))
            {
                scan.Report(page.ToString());
                return;
            }
        }
    }
}
