namespace GuestMemory.Tdx;

/// <summary>The level of a Secure EPT entry: how much one entry covers. A number beyond 4 can be named by an operand and is refused by rule.</summary>
public enum SeptLevel : byte
{
    /// <summary>4 KiB.</summary>
    Pt = 0,

    /// <summary>2 MiB.</summary>
    Pd = 1,

    /// <summary>1 GiB.</summary>
    Pdpt = 2,

    /// <summary>512 GiB; the root of a tree of four levels.</summary>
    Pml4 = 3,

    /// <summary>256 TiB; the root of a tree of five levels.</summary>
    Pml5 = 4,
}
