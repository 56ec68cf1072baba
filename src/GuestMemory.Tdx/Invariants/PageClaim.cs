namespace GuestMemory.Tdx;

/// <summary>An entry that points at a page.</summary>
internal readonly record struct PageClaim(Pfn Tdr, Gfn Gfn, SeptLevel Level)
{
    public override string ToString() => $"{Gfn}, {Level} of TD {Tdr}";
}
