namespace GuestMemory;

/// <summary>A rule of the modelled system: who says so, and what it stops.</summary>
/// <remarks>Immutable. Rules are compared by reference; <see cref="Id"/> is unique over all packages and stable between versions.</remarks>
public class Rule
{
    /// <summary>Creates a rule.</summary>
    /// <param name="id">The stable id, "CALL/point".</param>
    /// <param name="source">Key of an entry of <c>docs/sources.md</c>, then the place in it.</param>
    /// <param name="stops">What would happen without the rule, in a few words.</param>
    /// <param name="checkClass">What the rule protects.</param>
    /// <exception cref="ArgumentException">A text is missing.</exception>
    public Rule(string id, string source, string stops, CheckClass checkClass = CheckClass.Integrity)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        ArgumentException.ThrowIfNullOrWhiteSpace(stops);
        Id = id;
        Source = source;
        Stops = stops;
        Class = checkClass;
    }

    /// <summary>The stable id, "CALL/point".</summary>
    public string Id { get; }

    /// <summary>Key of an entry of <c>docs/sources.md</c>, then the place in it.</summary>
    public string Source { get; }

    /// <summary>What would happen without the rule.</summary>
    public string Stops { get; }

    /// <summary>What the rule protects.</summary>
    public CheckClass Class { get; }

    /// <summary>The rule's id.</summary>
    public override string ToString() => Id;
}
