namespace GuestMemory.Kvm;

/// <summary>How bringing in one page for an access ended.</summary>
internal enum Brought : byte
{
    /// <summary>There is a translation to use.</summary>
    Translated,

    /// <summary>It is device memory to the hardware: the whole access is emulated.</summary>
    Device,

    /// <summary>The vCPU leaves.</summary>
    Exit,
}
