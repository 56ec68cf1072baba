namespace GuestMemory;

/// <summary>One step that was made, as a value: nothing is formatted before a listener asks.</summary>
/// <param name="Kind">What it did.</param>
/// <param name="Guest">For which guest; no guest for a step on a store.</param>
/// <param name="Start">First guest frame, page or number concerned; <paramref name="Kind"/> says which.</param>
/// <param name="Count">How many.</param>
/// <param name="Detail">What belongs to the kind: a frame, attributes, a call's number.</param>
/// <param name="Outcome">How it ended.</param>
public readonly record struct StepEvent(StepKind Kind, GuestId Guest, ulong Start, ulong Count, ulong Detail, Outcome Outcome)
{
    /// <summary>The event in words.</summary>
    public override string ToString() => $"{Kind} {Guest} 0x{Start:x}+0x{Count:x} (0x{Detail:x}): {Outcome}";
}
