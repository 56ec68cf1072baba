namespace GuestMemory;

/// <summary>What a step answered. Core compares and prints it and never interprets <see cref="Code"/>.</summary>
/// <param name="Lane">How to read <paramref name="Code"/>.</param>
/// <param name="Code">The architecture's own number: an errno, a status code, an exit reason. 0 in <see cref="Lane.Status"/> is success.</param>
/// <param name="Info">What belongs to the code: an address, a mapper, a count; 0 when nothing does.</param>
/// <param name="DecidedBy">The rule that decided; <see langword="null"/> when nothing refused.</param>
/// <remarks>The default value is success. Equality is by value, the rule by reference.</remarks>
public readonly record struct Outcome(Lane Lane, ulong Code, ulong Info, Rule? DecidedBy)
{
    /// <summary>Success with nothing to say.</summary>
    public static Outcome Success => default;

    /// <summary>Whether the step succeeded.</summary>
    public bool IsSuccess => Lane == Lane.Status && Code == 0;

    /// <summary>The outcome in words: lane, code, and the rule in brackets.</summary>
    public override string ToString() =>
        DecidedBy is null ? $"{Lane} {Code} (0x{Info:x})" : $"{Lane} {Code} (0x{Info:x}) [{DecidedBy.Id}]";
}
