namespace GuestMemory;

/// <summary>Something that maps frames and can say which.</summary>
public interface IFrameMapper
{
    /// <summary>Who it is.</summary>
    MapperId Id { get; }

    /// <summary>Adds every mapping of a frame in the range, in order of input page.</summary>
    /// <param name="frames">The frames asked about.</param>
    /// <param name="found">Where to add.</param>
    void FindMappings(PfnRange frames, ICollection<FrameMapping> found);
}
