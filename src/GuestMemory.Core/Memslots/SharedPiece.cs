namespace GuestMemory;

/// <summary>A run of shared pages laid over a private slot.</summary>
/// <param name="Process">The process whose addresses back it, by its number on the machine.</param>
/// <param name="Page">Page number of the first address.</param>
public readonly record struct SharedPiece(int Process, ulong Page) : IRangeValue<SharedPiece>
{
    /// <inheritdoc/>
    public SharedPiece Advance(ulong count) => this with { Page = Page + count };

    /// <summary>Process and page.</summary>
    public override string ToString() => $"process {Process} page 0x{Page:x}";
}
