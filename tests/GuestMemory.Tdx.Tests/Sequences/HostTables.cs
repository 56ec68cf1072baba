namespace GuestMemory.Tdx.Tests.Sequences;

/// <summary>A host's tables for shared frames: some lead to a frame of its own, some to nothing, with and without #VE.</summary>
internal sealed class HostTables : ISharedEpt
{
    public bool TryTranslate(Pfn tdr, Gfn gfn, out Pfn frame, out bool suppressesVe)
    {
        (frame, suppressesVe) = (new(0x40300 + (gfn.Value & 3)), (gfn.Value & 1) != 0);
        return (gfn.Value & 6) == 0;
    }
}
