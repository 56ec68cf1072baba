namespace GuestMemory.Tdx;

/// <summary>Points about memory and accesses that no source settles (MB-60, MB-69): each a value. Immutable.</summary>
public sealed record MemorySwitches
{
    /// <summary>Whether a write of the host of less than a line breaks a line of a TD, as on the first processors. Otherwise it takes the line, zeroed, for the host. Default: yes.</summary>
    public bool PartialHostWriteBreaks { get; init; } = true;

    /// <summary>Whether a read of the host of a broken line is a #MC. Otherwise it reads zeroes. Default: yes.</summary>
    public bool HostReadOfBrokenFaults { get; init; } = true;

    /// <summary>Whether writes of the host of less than a page stay in its caches until they are written back, line by whole line. Default: no, they reach memory at once.</summary>
    public bool HostWritesStayInCaches { get; init; }

    /// <summary>Whether a touch of an address without private page tells the entry's rights in bits 5:3 of the exit qualification. Default: no, as the recordings' stand-in for the processor.</summary>
    public bool ExitTellsRights { get; init; }
}
