namespace GuestMemory.Rmp;

/// <summary>What the host maps at this moment: the direct map, and its processes' page tables if they count.</summary>
public interface IHostMappingView
{
    /// <summary>The mappings, in order of their first frame.</summary>
    IEnumerable<HostMapping> Mappings { get; }
}
