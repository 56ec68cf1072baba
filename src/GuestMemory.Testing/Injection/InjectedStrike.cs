namespace GuestMemory.Testing;

/// <summary>One failure made to happen in an operation, and how the operation ended.</summary>
/// <param name="Point">The kind of point.</param>
/// <param name="Number">Which of that kind in the operation, from 1.</param>
/// <param name="Length">How many in a row failed from there on; <see cref="int.MaxValue"/> for all.</param>
/// <param name="Outcome">What the operation answered.</param>
/// <param name="Changed">Whether the state's bytes are others than before.</param>
public readonly record struct InjectedStrike(InjectionPoint Point, int Number, int Length, Outcome Outcome, bool Changed)
{
    /// <summary>"FrameAllocation 3 and on: Status 12 (0x0) [CORE/out-of-frames]".</summary>
    public override string ToString() => $"{Point} {Number}{Row}: {Outcome}";

    private string Row => Length switch
    {
        1 => "",
        int.MaxValue => " and on",
        _ => $", {Length} in a row",
    };
}
