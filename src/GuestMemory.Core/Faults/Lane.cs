namespace GuestMemory;

/// <summary>Which of the value lanes an outcome runs in. The other lanes are exceptions: argument, outside the model, broken invariant.</summary>
public enum Lane : byte
{
    /// <summary>The operation reports a status of its own architecture; 0 is success in each of them.</summary>
    Status,

    /// <summary>The access faults.</summary>
    Fault,

    /// <summary>The vCPU leaves to its VMM.</summary>
    Exit,
}
