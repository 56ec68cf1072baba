using System.Diagnostics.CodeAnalysis;

namespace GuestMemory.Rmp;

/// <summary>What an RMP instruction leaves in EAX. Source: apm3, the instructions' own tables.</summary>
[SuppressMessage("Design", "CA1069:Enums values should not be duplicated", Justification = "The manual gives 4 two names, by instruction.")]
public enum RmpStatus : uint
{
    /// <summary>Done.</summary>
    Success = 0,

    /// <summary>The operands cannot be.</summary>
    FailInput = 1,

    /// <summary>The caller, or the entry's state, does not allow it.</summary>
    FailPermission = 2,

    /// <summary>Another processor has the entry, or the page is in use by one.</summary>
    FailInUse = 3,

    /// <summary>RMPUPDATE: another page of the 2M block stands in the way.</summary>
    FailOverlap = 4,

    /// <summary>PSMASH: the page is not one that can be smashed. The same number as <see cref="FailOverlap"/>.</summary>
    FailBadAddress = 4,

    /// <summary>The guest names a larger page than the entry is.</summary>
    FailSizeMismatch = 6,
}
