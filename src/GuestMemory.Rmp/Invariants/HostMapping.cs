namespace GuestMemory.Rmp;

/// <summary>A run of frames in a page table of the host's.</summary>
/// <param name="Frames">The frames.</param>
/// <param name="Size">Size of the mappings.</param>
/// <param name="IsWritable">Whether they let writes through.</param>
public readonly record struct HostMapping(PfnRange Frames, PageSize Size, bool IsWritable)
{
    /// <summary>Frames, size and right.</summary>
    public override string ToString() => $"{Frames} through {Size}, {(IsWritable ? "writable" : "read-only")}";
}
