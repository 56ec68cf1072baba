namespace GuestMemory.Kvm;

/// <summary>What fstat(2) says.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Blocks">Blocks of 512 bytes; 0 for a guest_memfd, whatever is allocated.</param>
/// <param name="BlockSize">Preferred block size, bytes.</param>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Links">Hard links.</param>
public readonly record struct FileStatus(ulong Size, long Blocks, int BlockSize, int Mode, int Links)
{
    /// <summary>An ordinary file, read and written by its owner: octal 100600.</summary>
    public const int PrivateFileMode = 0x8180;

    /// <summary>A memory file, open to all: octal 100777.</summary>
    public const int MemfdMode = 0x81ff;

    /// <summary>Size and mode.</summary>
    public override string ToString() => $"{Size} bytes, mode {Convert.ToString(Mode, 8)}";
}
