namespace GuestMemory;

/// <summary>A rule that can refuse a call: a predicate and the answer given when it holds.</summary>
/// <typeparam name="TCall">Everything the call's checks read.</typeparam>
/// <typeparam name="TAnswer">The system's own status type.</typeparam>
public sealed class Check<TCall, TAnswer> : Rule
    where TCall : allows ref struct
{
    /// <summary>Creates a check.</summary>
    /// <param name="id">The stable id, "CALL/point".</param>
    /// <param name="source">Key of an entry of <c>docs/sources.md</c>, then the place in it.</param>
    /// <param name="stops">What would happen without it.</param>
    /// <param name="refuses">The predicate; a named static method.</param>
    /// <param name="answer">What the caller is told.</param>
    /// <param name="checkClass">What it protects.</param>
    public Check(string id, string source, string stops, Refuses<TCall> refuses, TAnswer answer, CheckClass checkClass = CheckClass.Encoding)
        : base(id, source, stops, checkClass)
    {
        ArgumentNullException.ThrowIfNull(refuses);
        Refuses = refuses;
        Answer = answer;
    }

    /// <summary>Whether a call is refused.</summary>
    public Refuses<TCall> Refuses { get; }

    /// <summary>What the caller is told then.</summary>
    public TAnswer Answer { get; }
}
