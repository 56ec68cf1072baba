namespace GuestMemory;

/// <summary>Core's own rules: what is true whatever the hardware.</summary>
public static class CoreRules
{
    /// <summary>A frame's kind changes, and a frame returns to the pool, only when no entry of the other kind is left.</summary>
    public static CoreRule UnmapBeforeConvert { get; } = new(
        "CORE/unmap-before-convert", "guest-memfd-rfc, the one rule", "a frame mapped private and shared at once", CoreStatus.StillMapped, CheckClass.Security);

    /// <summary>A store takes frames from the machine's one pool.</summary>
    public static CoreRule OutOfFrames { get; } = new(
        "CORE/out-of-frames", "guest-memfd, allocation", "memory the machine does not have", CoreStatus.OutOfFrames);

    /// <summary>Pages exist below the end of the store.</summary>
    public static CoreRule BeyondEnd { get; } = new(
        "CORE/beyond-end", "guest-memfd, size", "pages the store does not have", CoreStatus.BeyondEnd, CheckClass.Encoding);

    /// <summary>A page with a hardware error is handed to nobody.</summary>
    public static CoreRule Poisoned { get; } = new(
        "CORE/poisoned", "guest-memfd, memory failure", "use of broken memory", CoreStatus.Poisoned);

    /// <summary>A slot does not keep its file alive.</summary>
    public static CoreRule FileGone { get; } = new(
        "CORE/file-gone", "guest-memfd, release", "pages of a file nobody holds", CoreStatus.FileGone);

    /// <summary>A page comes only from a side the slot has.</summary>
    public static CoreRule NoBacking { get; } = new(
        "CORE/no-backing", "guest-memfd, fault", "a private page from shared memory", CoreStatus.NoBacking, CheckClass.Security);

    /// <summary>A file gives a page only to the slot it is bound to.</summary>
    public static CoreRule BindingMismatch { get; } = new(
        "CORE/binding-mismatch", "guest-memfd, binding", "one file page at two guest frames", CoreStatus.BindingMismatch, CheckClass.Security);

    /// <summary>A host address must be mapped, and for this access.</summary>
    public static CoreRule BadAddress { get; } = new(
        "CORE/bad-address", "kvm-recordings, p06 access_follows_slot", "access past a mapping's rights", CoreStatus.BadAddress);

    /// <summary>The host touches a page of a host-mappable store only while that page is shared there.</summary>
    public static CoreRule NotHostAccessible { get; } = new(
        "CORE/not-host-accessible", "guest-memfd, mapping", "host access to a private page", CoreStatus.NotHostAccessible, CheckClass.Security);

    /// <summary>A store is asked only for what its properties allow.</summary>
    public static CoreRule NotSupported { get; } = new(
        "CORE/not-supported", "guest-memfd, file operations", "moving, swapping or mapping what must stay", CoreStatus.NotSupported);

    /// <summary>An indivisible store gives and takes whole large pages.</summary>
    public static CoreRule Indivisible { get; } = new(
        "CORE/indivisible", "physmap-split, hugetlbfs", "half a large page", CoreStatus.Indivisible);

    /// <summary>A private page whose bytes go with its translation is neither moved nor swapped by unmapping it: killing its guest is the only way to its frame.</summary>
    public static CoreRule BoundToFrame { get; } = new(
        "CORE/bound-to-frame", "guest-memfd-rfc, swap and TDX", "a guest's bytes lost by moving them", CoreStatus.NotSupported, CheckClass.Security);

    /// <summary>A pinned page is not moved.</summary>
    public static CoreRule Pinned { get; } = new(
        "CORE/pinned", "guest-memfd-conversion, references", "a device writing to the old frame", CoreStatus.Pinned);

    /// <summary>Bindings and pages stay as they are while an invalidation over them is open.</summary>
    public static CoreRule InvalidationOpen { get; } = new(
        "CORE/invalidation-open", "guest-memfd, punch hole", "an end without its begin", CoreStatus.Busy);

    /// <summary>At most one binding per page of a file; at most one slot per guest frame.</summary>
    public static CoreRule Overlap { get; } = new(
        "CORE/overlap", "guest-memfd, binding", "one page at two guest frames", CoreStatus.Overlap, CheckClass.Security);

    /// <summary>A step on private pages is made on private pages only.</summary>
    public static CoreRule WrongKind { get; } = new(
        "CORE/wrong-kind", "guest-memfd, populate", "launch data in shared pages", CoreStatus.WrongKind, CheckClass.Security);

    /// <summary>A page is populated once, before anybody used it.</summary>
    public static CoreRule AlreadyPopulated { get; } = new(
        "CORE/already-populated", "guest-memfd, populate", "a second filling of a measured page", CoreStatus.AlreadyPopulated, CheckClass.Security);

    /// <summary>A frame is one guest's at a time.</summary>
    public static CoreRule WrongOwner { get; } = new(
        "CORE/wrong-owner", "guest-memfd, one page one guest", "one frame private to two guests", CoreStatus.WrongOwner, CheckClass.Security);

    /// <summary>What a guest owns, only that guest touches.</summary>
    public static CoreRule Denied { get; } = new(
        "CORE/denied", "guest-memfd-rfc, ownership", "host access to guest-private memory", CoreStatus.WrongOwner, CheckClass.Security);

    /// <summary>Nothing is done for a dead guest.</summary>
    public static CoreRule GuestDead { get; } = new(
        "CORE/guest-dead", "kvm-main, a VM marked dead", "a guest going on after its memory failed", CoreStatus.GuestDead);

    /// <summary>Leaves merge only when contiguous and alike.</summary>
    public static CoreRule NotMergeable { get; } = new(
        "CORE/not-mergeable", "guest-memfd, mixed attributes", "a large leaf over unlike pages", CoreStatus.NotMergeable, CheckClass.Security);

    /// <summary>Only what is there can be worked on.</summary>
    public static CoreRule NotPresent { get; } = new(
        "CORE/not-present", "guest-memfd, fault", "work on an entry that is not there", CoreStatus.NotPresent);

    /// <summary>A fault takes its sample of the invalidation sequence before it reads the attribute.</summary>
    public static CoreRule SampleBeforeKind { get; } = new(
        "CORE/sample-before-kind", "linux-kvm-mmu, page faults", "a page mapped as the kind it had before a conversion", CoreStatus.Busy, CheckClass.Security);

    /// <summary>Deleting a slot ends its binding also when the file's last reference is gone.</summary>
    public static CoreRule UnbindDyingFile { get; } = new(
        "CORE/unbind-dying-file", "guest-memfd, release", "a binding to a slot that is freed", CoreStatus.FileGone, CheckClass.Security);

    /// <summary>What is past the point of no return cannot fail: the memory it needs is there before.</summary>
    public static CoreRule OutOfMemory { get; } = new(
        "CORE/out-of-memory", "kvm-main, attributes", "half a conversion", CoreStatus.NoMemory);

    /// <summary>A long loop ends when its process has a signal to take.</summary>
    public static CoreRule Interrupted { get; } = new(
        "CORE/interrupted", "guest-memfd, allocation", "a process that cannot be stopped", CoreStatus.Interrupted);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<CoreRule> All { get; } =
    [
        UnmapBeforeConvert, OutOfFrames, BeyondEnd, Poisoned, FileGone, NoBacking, BindingMismatch, BadAddress, NotHostAccessible,
        NotSupported, Indivisible, BoundToFrame, Pinned, InvalidationOpen, Overlap, WrongKind, AlreadyPopulated, WrongOwner, Denied, GuestDead,
        NotMergeable, NotPresent, SampleBeforeKind, UnbindDyingFile, OutOfMemory, Interrupted,
    ];
}
