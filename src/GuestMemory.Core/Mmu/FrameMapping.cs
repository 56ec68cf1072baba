namespace GuestMemory;

/// <summary>One answer to "who maps this frame, and as what".</summary>
/// <param name="Mapper">Who.</param>
/// <param name="Frames">Which of the asked frames.</param>
/// <param name="InputPage">The mapper's own page number of the first of them: a guest frame, a virtual page; 0 for a pin.</param>
/// <param name="Kind">As what.</param>
/// <param name="AwaitsFlush">Unmapped already, but not flushed: running CPUs may still use it.</param>
public readonly record struct FrameMapping(MapperId Mapper, PfnRange Frames, ulong InputPage, PageKind Kind, bool AwaitsFlush)
{
    /// <summary>The mapping in words.</summary>
    public override string ToString() => $"{Mapper} maps {Frames} as {Kind} at page 0x{InputPage:x}{(AwaitsFlush ? ", awaiting a flush" : "")}";
}
