namespace GuestMemory.Rmp;

/// <summary>A page whose entry an operation changed.</summary>
internal readonly record struct RmpChange(RmpPage Old, RmpPage New)
{
    public Pfn Frame => New.Frame;

    public override string ToString() => $"{Old.Frame} went from {Old.Entry} to {New.Entry}";
}
