namespace GuestMemory;

/// <summary>A page handed out for use.</summary>
/// <param name="Frame">Its frame.</param>
/// <param name="Order">Order of the aligned run of like pages around it: what may be mapped as one.</param>
/// <param name="Cleared">Whether its bytes were cleared or filled already.</param>
/// <param name="Writable">Whether it may be mapped for writing.</param>
public readonly record struct BackingPage(Pfn Frame, int Order, bool Cleared, bool Writable)
{
    /// <summary>The page in words.</summary>
    public override string ToString() => $"{Frame}, order {Order}{(Cleared ? "" : ", not cleared")}{(Writable ? "" : ", read-only")}";
}
