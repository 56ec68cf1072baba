namespace GuestMemory.Kvm;

/// <summary>What an open file is.</summary>
public enum OpenFileKind : byte
{
    /// <summary>Nothing; its number is free.</summary>
    None,

    /// <summary>Anything that has nothing to do with memory (standard input and output).</summary>
    Other,

    /// <summary>/dev/kvm.</summary>
    System,

    /// <summary>A VM.</summary>
    Vm,

    /// <summary>A vCPU.</summary>
    Vcpu,

    /// <summary>A guest_memfd.</summary>
    GuestMemfd,

    /// <summary>An ordinary memfd.</summary>
    Memfd,
}
