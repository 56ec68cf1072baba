namespace GuestMemory.Rmp;

/// <summary>What the nested page tables of all guests say at this moment.</summary>
public interface INestedMappingView
{
    /// <summary>The leaves.</summary>
    IEnumerable<NestedMapping> Mappings { get; }
}
