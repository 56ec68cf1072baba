namespace GuestMemory;

/// <summary>A technology's part of populate: it puts the bytes into the frame as the guest will find them.</summary>
public interface IPopulateFiller
{
    /// <summary>Fills one page, whose frame is made ready for the guest.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="gfn">The guest frame.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="bytes">4096 bytes, or none to use what is in place.</param>
    Outcome Fill(VirtualMachine vm, Gfn gfn, Pfn frame, ReadOnlySpan<byte> bytes);
}
