namespace GuestMemory.Rmp;

/// <summary>A breach that was found.</summary>
/// <param name="Invariant">What is broken.</param>
/// <param name="Text">Where and how.</param>
public sealed record RmpBreach(RmpInvariant Invariant, string Text)
{
    /// <summary>Name and text.</summary>
    public override string ToString() => $"{Invariant.Name}: {Text}";
}
