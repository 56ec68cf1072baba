namespace GuestMemory.Rmp;

/// <summary>How the translation of an instruction's address ended.</summary>
public enum WalkEnd
{
    /// <summary>It led to a page.</summary>
    Translated,

    /// <summary>The guest's own tables do not map it.</summary>
    GuestFault,

    /// <summary>The nested tables do not map it.</summary>
    NestedFault,
}
