namespace GuestMemory.Tdx;

/// <summary>How memory keeps private bytes apart from others. The details are unverified (MB-60).</summary>
public enum MemoryIntegrity : byte
{
    /// <summary>Not at all: bytes are plain and nobody's. What the module's code sees when it runs as an ordinary program, as it was recorded.</summary>
    None,

    /// <summary>Encryption and, for each line of 64 bytes, one bit that says a TD or the module wrote it.</summary>
    Logical,

    /// <summary>The same, and a 28-bit code that tells a line written under another key.</summary>
    Cryptographic,
}
