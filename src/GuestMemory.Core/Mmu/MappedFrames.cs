namespace GuestMemory;

/// <summary>Frames a run of page table entries leads to.</summary>
/// <param name="Frames">The frames.</param>
/// <param name="Page">Page number of the first.</param>
internal readonly record struct MappedFrames(PfnRange Frames, ulong Page);
