namespace GuestMemory.Testing;

/// <summary>A range of numbers on its way to becoming a range of frames or pages.</summary>
/// <param name="Start">The first.</param>
/// <param name="Count">How many.</param>
internal readonly record struct NumberRange(ulong Start, ulong Count)
{
    /// <summary>The number after the last.</summary>
    public ulong End => Start + Count;
}
