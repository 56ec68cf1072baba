namespace GuestMemory.Tdx;

/// <summary>Where a TD stands with its key. Source: tdx-module, TD life cycle.</summary>
public enum TdLifecycle : byte
{
    /// <summary>TD_HKID_ASSIGNED: a key identifier, and no key yet.</summary>
    HkidAssigned,

    /// <summary>TD_KEYS_CONFIGURED: alive.</summary>
    KeysConfigured,

    /// <summary>TD_BLOCKED: its vCPUs are flushed, its key is going.</summary>
    Blocked,

    /// <summary>TD_TEARDOWN: its key is gone, its pages can be reclaimed.</summary>
    Teardown,
}
