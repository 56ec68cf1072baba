namespace GuestMemory.Tdx;

/// <summary>What can be done among running TDs.</summary>
internal enum RunStepKind : byte
{
    Aug,
    Block,
    Track,
    Unblock,
    Remove,
    Enter,
    Exit,
    Accept,
    Read,
    Write,
    HostRead,
    HostWrite,
}
