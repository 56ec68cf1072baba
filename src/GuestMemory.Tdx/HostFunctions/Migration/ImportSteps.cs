namespace GuestMemory.Tdx;

/// <summary>What an import does with a page. Source: tdx-module, tdh_import_mem.c.</summary>
internal static class ImportSteps
{
    /// <summary>Imports a page, imports it again, or takes it back. The bytes come out of the stream, which is not there: zeroes (MB-70).</summary>
    public static void Commit(ref GpaEntryCall call)
    {
        switch (call.Entry.Operation)
        {
            case GpaListOperation.Migrate:
                Take(ref call);
                break;
            case GpaListOperation.Remigrate when call.Sept.IsLeaf:
                Replace(ref call);
                break;
            case GpaListOperation.Cancel when call.Sept.IsLeaf:
                PageSteps.Free(call.State, call.Sept.Page(SeptLevel.Pt), PageSize.Size4K);
                call.Td.ChildCount--;
                call.Write(SeptEntry.Removed(call.Td.MigrationEpoch));
                break;
            default:
                break;
        }
    }

    /// <summary>The address of the page an entry is imported into: the one given for it, or the buffer's own, without the key it was shared under.</summary>
    public static ulong PageOf(in GpaEntryCall call)
    {
        var platform = call.State.Platform;
        var keyBits = ((1UL << platform.AddressBits) - 1) & ~((1UL << platform.HkidShift) - 1);
        return call.NewPage.IsInvalid ? call.Buffer.Raw & ~keyBits : call.NewPage.Raw;
    }

    /// <summary>That page's frame.</summary>
    public static Pfn FrameOf(in GpaEntryCall call) => new(PageOf(call) >> 12);

    /// <summary>The migration epoch a REMOVED entry was removed in; none where it says none.</summary>
    public static uint? RemovedIn(SeptEntry entry) => (entry.Raw & (1UL << 44)) == 0 ? null : unchecked((uint)(entry.Raw >> 12));

    /// <summary>What the PAMT keeps of an import: bit 63, the export's number, the migration epoch.</summary>
    public static ulong Tag(Td td) => (1UL << 63) | ((td.ExportCount & 0x7fff_ffffUL) << 32) | td.MigrationEpoch;

    private static void Take(ref GpaEntryCall call)
    {
        var frame = FrameOf(call);
        if (call.State.Pamt.IsKnown(frame))
        {
            call.State.Pamt.Write(PageSize.Size4K, frame, new(PageType.Reg, call.Td.Tdr, Tag(call.Td)));
        }

        call.Td.ChildCount++;
        Map(ref call, frame);
    }

    private static void Replace(ref GpaEntryCall call)
    {
        var frame = call.Sept.Page(SeptLevel.Pt);
        var page = call.State.Pamt[PageSize.Size4K, frame];
        call.State.Pamt.Write(PageSize.Size4K, frame, page with { Bepoch = (page.Bepoch & ~(ulong)uint.MaxValue) | call.Td.MigrationEpoch });
        Map(ref call, frame);
    }

    private static void Map(ref GpaEntryCall call, Pfn frame)
    {
        var pending = call.Entry.IsPending;
        if (!pending)
        {
            call.State.Memory.ZeroFrames(new(frame, 1), call.State.Keys.KeyOf(call.Td.Hkid));
        }

        call.Write(SeptEntry.Leaf(pending ? SeptEntryState.Pending : SeptEntryState.Mapped, frame, pending ? 0 : SeptEntry.ReadWriteExecute));
    }
}
