namespace GuestMemory.Tdx;

/// <summary>A range of physical memory handed to the module. Source: tdx-module, TDMR_INFO.</summary>
/// <param name="Start">First byte; a multiple of 1 GiB.</param>
/// <param name="Size">Bytes; a multiple of 1 GiB, not 0.</param>
public sealed record Tdmr(Spa Start, ulong Size)
{
    /// <summary>The most reserved areas a TDMR may have.</summary>
    public const int MostReservedAreas = 16;

    /// <summary>The parts of it that are not the module's to use, in order, 4 KiB granular. Default: none.</summary>
    public IReadOnlyList<PfnRange> ReservedAreas { get; init; } = [];

    /// <summary>Its frames.</summary>
    public PfnRange Frames => new(Start.Frame, Size / PageSize.Size4K.Bytes());

    /// <summary>"tdmr [0x40000000, 0x80000000)".</summary>
    public override string ToString() => $"tdmr [0x{Start.Value:x}, 0x{Start.Value + Size:x})";
}
