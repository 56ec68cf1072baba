namespace GuestMemory.Tdx;

/// <summary>What a refusal leaves changed. Everything else is as before.</summary>
public enum AnswerResidue : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The host's priority in the entry whose lock was held.</summary>
    HostPriority,

    /// <summary>The host's priority in the entries of the table whose locks were taken or asked for.</summary>
    ChildPriority,

    /// <summary>The bytes of the free page handed over, and the host's priority in the entry.</summary>
    NewPage,

    /// <summary>What the function does before its last checks (<see cref="HostFunction.Begin"/>).</summary>
    Begun,
}
