namespace GuestMemory;

/// <summary>A technology's part of populate: it makes the frame the guest's and puts the bytes into it as the guest will find them.</summary>
public interface IPopulateFiller
{
    /// <summary>Fills one page. Its frame is the host's still: each technology makes it the guest's in its own order with the filling.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="gfn">The guest frame.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="bytes">4096 bytes, or none to use what is in place.</param>
    Outcome Fill(VirtualMachine vm, Gfn gfn, Pfn frame, ReadOnlySpan<byte> bytes);
}
