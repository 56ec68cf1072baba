namespace GuestMemory;

/// <summary>How a page is used or wanted: open to the host, or the guest's own.</summary>
public enum PageKind : byte
{
    /// <summary>Open to the host. At creation of a VM everything is shared.</summary>
    Shared,

    /// <summary>The guest's own.</summary>
    Private,
}
