namespace GuestMemory;

/// <summary>The value of a <see cref="RangeSet"/>: that a key is in the set is all there is to know.</summary>
/// <remarks>All values are equal.</remarks>
public readonly record struct Present : IRangeValue<Present>
{
    /// <inheritdoc/>
    public Present Advance(ulong count) => this;

    /// <summary>Returns <c>present</c>.</summary>
    public override string ToString() => "present";
}
