namespace GuestMemory;

/// <summary>A named invariant: a sentence, where it comes from, and how to look for a breach.</summary>
/// <remarks>Immutable.</remarks>
public sealed class Invariant
{
    private readonly Action<InvariantScan> _scan;

    internal Invariant(string name, string sentence, string source, Action<InvariantScan> scan)
    {
        Name = name;
        Sentence = sentence;
        Source = source;
        _scan = scan;
    }

    /// <summary>Its stable name.</summary>
    public string Name { get; }

    /// <summary>What holds.</summary>
    public string Sentence { get; }

    /// <summary>Key of an entry of <c>docs/sources.md</c>, then the place in it.</summary>
    public string Source { get; }

    /// <summary>Looks for a breach anywhere on a machine.</summary>
    /// <param name="machine">The machine.</param>
    /// <returns>What is wrong, or <see langword="null"/> when the invariant holds.</returns>
    public string? FindBreach(Machine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        var scan = new InvariantScan(machine);
        _scan(scan);
        return scan.Breach;
    }

    /// <summary>Name and sentence.</summary>
    public override string ToString() => $"{Name}: {Sentence}";
}
