namespace GuestMemory.Tdx;

/// <summary>What is to be done with the page of a GPA list's entry. Source: tdx-module, tdx_api_defs.h.</summary>
public enum GpaListOperation : byte
{
    /// <summary>NOP: nothing. The module leaves it behind where it did nothing.</summary>
    Nop,

    /// <summary>MIGRATE: for the first time.</summary>
    Migrate,

    /// <summary>CANCEL: as if it had not been migrated. BLOCKW and RESTORE take it for NOP.</summary>
    Cancel,

    /// <summary>REMIGRATE: once more. BLOCKW, RESTORE and EXPORT.MEM take it for MIGRATE.</summary>
    Remigrate,
}
