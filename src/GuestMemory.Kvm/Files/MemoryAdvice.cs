namespace GuestMemory.Kvm;

/// <summary>Advice of madvise(2) that is told apart here.</summary>
public enum MemoryAdvice : byte
{
    /// <summary>Advice without visible effect: normal, random, sequential, willneed, cold, pageout, hugepage, nohugepage, dontfork, dofork, dontdump, dodump, keeponfork.</summary>
    NoEffect,

    /// <summary>MADV_DONTNEED.</summary>
    DontNeed,

    /// <summary>MADV_FREE.</summary>
    Free,

    /// <summary>MADV_REMOVE: punches a hole in the file.</summary>
    Remove,

    /// <summary>MADV_MERGEABLE.</summary>
    Mergeable,

    /// <summary>MADV_UNMERGEABLE.</summary>
    Unmergeable,

    /// <summary>MADV_COLLAPSE.</summary>
    Collapse,

    /// <summary>MADV_WIPEONFORK.</summary>
    WipeOnFork,

    /// <summary>MADV_POPULATE_READ.</summary>
    PopulateRead,

    /// <summary>MADV_POPULATE_WRITE.</summary>
    PopulateWrite,

    /// <summary>MADV_HWPOISON: a hardware error, injected.</summary>
    HwPoison,

    /// <summary>MADV_SOFT_OFFLINE.</summary>
    SoftOffline,
}
