namespace GuestMemory;

/// <summary>What a step did. Numbers are stable: they are the event ids of the log and stand in traces.</summary>
public enum StepKind
{
    /// <summary>The invalidation of a conversion began; those of a store or a process show as <see cref="Zapped"/>.</summary>
    InvalidationBegan = 1,

    /// <summary>Translations were unmapped and flushed.</summary>
    Zapped = 2,

    /// <summary>An invalidation ended.</summary>
    InvalidationEnded = 3,

    /// <summary>Attributes were stored, inside their invalidation.</summary>
    AttributesStored = 4,

    /// <summary>A slot was added.</summary>
    SlotAdded = 5,

    /// <summary>A slot was removed.</summary>
    SlotRemoved = 6,

    /// <summary>A slot was moved; the detail is its old first frame.</summary>
    SlotMoved = 7,

    /// <summary>A fault took its sample.</summary>
    FaultSampled = 8,

    /// <summary>A fault compared the wanted kind with the attribute.</summary>
    FaultKindChecked = 9,

    /// <summary>A fault got its page.</summary>
    FaultPageTaken = 10,

    /// <summary>A fault had its frame made ready.</summary>
    FaultPrepared = 11,

    /// <summary>A fault mapped, or has to start again.</summary>
    FaultMapped = 12,

    /// <summary>Pages were freed, inside their invalidation.</summary>
    PagesFreed = 13,

    /// <summary>A page was found broken.</summary>
    PagePoisoned = 14,

    /// <summary>A page was moved to another frame.</summary>
    PageMoved = 15,

    /// <summary>A file was released.</summary>
    FileReleased = 16,

    /// <summary>A page was populated before launch.</summary>
    PagePopulated = 17,

    /// <summary>A guest touched memory.</summary>
    GuestAccess = 18,

    /// <summary>A call of the kernel's face returned.</summary>
    CallReturned = 19,

    /// <summary>A process's page table entry was made; the start is its page number, the count its process, the detail its frame.</summary>
    HostMapped = 20,

    /// <summary>A process touched memory; the start is its page number, the count its process, the detail the frame.</summary>
    HostAccess = 21,

    /// <summary>A store gave frames back; the start is the first frame.</summary>
    FramesReturned = 22,

    /// <summary>A page was cleared for its first use; the start is its index, the detail its store.</summary>
    PageCleared = 23,

    /// <summary>Page table entries of a process were dropped; the start is the first page number, the detail its process.</summary>
    HostUnmapped = 24,

    /// <summary>Frames were lost on purpose, because they could not be made safe; the start is the first frame, the detail the store; its largest value where no store held them.</summary>
    FramesLeaked = 25,

    /// <summary>An instruction or a command of the technology worked on frames; the start is the first frame, the detail the technology's own number of it.</summary>
    OwnershipStep = 26,
}
