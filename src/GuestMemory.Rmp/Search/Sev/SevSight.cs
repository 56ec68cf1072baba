namespace GuestMemory.Rmp;

/// <summary>What was seen so far.</summary>
[Flags]
internal enum SevSight : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The host read a guest's bytes in plain.</summary>
    PlainBytes = 1,

    /// <summary>A guest read noise.</summary>
    Noise = 2,

    /// <summary>A guest read what it wrote at another address.</summary>
    OtherAddress = 4,

    /// <summary>A guest read what it wrote before.</summary>
    OlderBytes = 8,

    /// <summary>The host read registers.</summary>
    Registers = 16,

    /// <summary>The host set registers.</summary>
    ForgedRegisters = 32,
}
