namespace GuestMemory;

/// <summary>What a check protects; it decides what must differ when the check is switched off.</summary>
public enum CheckClass
{
    /// <summary>Keeps one party from another's memory. Switched off, a named invariant breaks.</summary>
    Security,

    /// <summary>Keeps the system's own books straight. Switched off, a named scenario or recording differs.</summary>
    Integrity,

    /// <summary>Refuses an argument that cannot be expressed. Switched off, a named scenario or recording differs.</summary>
    Encoding,
}
