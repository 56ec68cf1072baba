namespace GuestMemory.Tdx;

/// <summary>A breach that was found.</summary>
/// <param name="Invariant">What is broken.</param>
/// <param name="Where">The page, TD or key it was found at.</param>
/// <param name="Text">How.</param>
public sealed record TdxBreach(TdxInvariant Invariant, string Where, string Text)
{
    /// <summary>Id, place and text.</summary>
    public override string ToString() => $"{Invariant.Id}: {Where}: {Text}";
}
