using Xunit;
using static GuestMemory.Tdx.Tests.Invariants.HandMade;

namespace GuestMemory.Tdx.Tests.Invariants;

/// <summary>Breaches and the sound operations beside them: exactly what a checker that looks at touched places says.</summary>
public sealed class WatchedTests
{
    private const ulong Fatal = 1UL << 61;
    private static readonly Pfn s_far = new(0x40a00);
    private static readonly TdxStatus s_refused = TdxStatus.Of(TdxStatusCode.InvalidMbmd);
    private static readonly TdxStatus s_failed = new(s_refused.Value | Fatal);
    private static readonly TdxPlatform s_twoPackages = TdxWorld.Recorded with { Packages = 2 };
    private static readonly TdxPlatform s_lines = TdxWorld.Recorded with { Integrity = MemoryIntegrity.Logical };

    private static readonly Dictionary<string, Watched> s_all = new(StringComparer.Ordinal)
    {
        ["epoch falls"] = new("INV-TDX-9", w => Host(w, TdxFunction.MemTrack, () => w.Td.Epoch--)),
        ["key flushed, another TD's vCPU associated"] = new("", w => Host(w, TdxFunction.MngVpFlushDone, () => w.Module.Keys[w.Td.Hkid] = HkidState.Flushed), w => w.Other.AssociatedVcpus = 1),
        ["key flushed, TD taken apart"] = new(
            "", w => Host(w, TdxFunction.MngVpFlushDone, () => w.Module.Keys[w.Td.Hkid] = HkidState.Flushed), w => { w.Td.AssociatedVcpus = 1; w.Td.Lifecycle = TdLifecycle.Teardown; }),
        ["written back"] = new("", w => Host(w, TdxFunction.PhymemCacheWb, () => w.Module.Keys.SetPending(w.Td.Hkid, 0)), w => Flushed(w, 1)),
        ["second package written back by nothing"] = new("INV-TDX-14", w => Host(w, TdxFunction.MemTrack, () => w.Module.Keys.SetPending(w.Td.Hkid, 1)), w => Flushed(w, 3)),
        ["tree of a blocked TD"] = new("INV-TDX-15", w => Host(w, TdxFunction.PhymemPageRdmd, () => w.SetState(new(2), SeptEntryState.Blocked)), w => w.Td.Lifecycle = TdLifecycle.Blocked),
        ["root page taken from a TD alive"] = new("INV-TDX-15 INV-TDX-5", w => Host(w, TdxFunction.PhymemPageReclaim, () => w.Module.Pamt.Write(PageSize.Size4K, w.Td.Tdr, default))),
        ["small page freed for a large one"] = new("", w => Host(w, TdxFunction.MemPageAug, () =>
        {
            w.Write(new(7), SeptLevel.Pt, SeptEntry.Free);
            w.Disown(s_far);
            w.Page(new(0x400), SeptLevel.Pd, s_far, SeptEntryState.Pending);
        }), w => w.Page(new(7), SeptLevel.Pt, s_far, SeptEntryState.Pending), TdxOpState.Initialized),
        ["small page below one of 1G"] = new(
            "INV-TDX-1 INV-TDX-3", w => Host(w, TdxFunction.MemPageAug, () => w.Own(Free, PageSize.Size4K, PageType.Reg), page: Free), w => w.Own(new(0x40000), PageSize.Size1G, PageType.Reg)),
        ["large page before a small one"] = new(
            "", w => Host(w, TdxFunction.MemRangeBlock, () => w.Module.Pamt.Write(PageSize.Size2M, Large, new(PageType.Reg, w.Td.Tdr, 5)), page: Large),
            w => w.Page(new(7), SeptLevel.Pt, s_far, SeptEntryState.Pending)),
        ["TD gone with its pages and its count"] = new(
            "INV-TDX-6", w => Host(w, TdxFunction.PhymemPageReclaim, () => { Vacate(w); }, page: w.Other.Tdr), w => w.Other.Lifecycle = TdLifecycle.Teardown)
        { Words = "its root page was taken while it had 6 pages" },
        ["TD gone, empty"] = new(
            "", w => Host(w, TdxFunction.PhymemPageReclaim, () => { Vacate(w); }, page: w.Other.Tdr), w => { w.Other.Lifecycle = TdLifecycle.Teardown; FreePages(w); }),
        ["vCPU in another TD's page"] = new("INV-TDX-5", w => Host(w, TdxFunction.VpCreate, () => w.Td.VcpuList.Add(new(w.Td, w.Other.ControlPages[0])))),
        ["vCPU with another TD's control page"] = new("INV-TDX-5", w => Host(w, TdxFunction.VpAddcx, () => w.Td.Vcpus[0].ControlPageList.Add(w.Other.ControlPages[0])), w => w.Vcpu()),
        ["refused, key made"] = new("INV-TDX-13", w => Host(w, TdxFunction.MemPageAug, () => w.Module.Keys.MakeKey(w.Td.Hkid), s_refused)) { ComparesBytes = true, Words = "changed it" },
        ["refused, key made, bytes not compared"] = new("", w => Host(w, TdxFunction.MemPageAug, () => w.Module.Keys.MakeKey(w.Td.Hkid), s_refused)),
        ["refused, bytes the same"] = new("", w => Host(w, TdxFunction.MemPageAug, () => { }, s_refused)) { ComparesBytes = true },
        ["refused, priority"] = new(
            "", w => Host(w, TdxFunction.MemPageAug, () => w.Write(new(2), SeptLevel.Pt, w.Place(new(2), SeptLevel.Pt).Entry.WithHostPriority(true)), s_refused))
        { ComparesBytes = true },
        ["refused write-back"] = new("", w => Host(w, TdxFunction.PhymemCacheWb, () => w.Module.Keys.SetPending(w.Td.Hkid, 0), s_refused), w => Flushed(w, 1)) { ComparesBytes = true },
        ["refused entry, vCPU associated"] = new("", w => Host(w, TdxFunction.VpEnter, () => w.Td.Vcpus[0].Processor = 0, s_refused), Outside) { ComparesBytes = true },
        ["refused flush, vCPU associated"] = new("INV-TDX-13", w => Host(w, TdxFunction.VpFlush, () => w.Td.Vcpus[0].Processor = 0, s_refused), Outside),
        ["refused entry, vCPU moved"] = new("INV-TDX-13", w => Host(w, TdxFunction.VpEnter, () => w.Td.Vcpus[0].Processor = 1, s_refused), w => { Outside(w); w.Td.Vcpus[0].Processor = 0; }),
        ["refused ADDCX, bytes of a used page"] = new(
            "INV-TDX-13", w => Host(w, TdxFunction.MngAddcx, () => w.Module.Memory.Contents.Write(Mapped.Address, 8, 5), s_refused, rcx: Mapped.Address.Value)),
        ["refused ADDCX, bytes of a free page"] = new(
            "", w => Host(w, TdxFunction.MngAddcx, () => w.Module.Memory.Contents.Write(Free.Address, 8, 5), s_refused, page: Mapped, rcx: Free.Address.Value)),
        ["refused, another TD came for one that went"] = new("INV-TDX-6 INV-TDX-13 INV-TDX-5 INV-TDX-6", w => Host(w, TdxFunction.MngCreate, () =>
        {
            w.Module.State.Remove(w.Other);
            w.Module.State.Add(new(new(0x40500), new(35)) { Lifecycle = TdLifecycle.Teardown });
        }, s_refused)),
        ["failed import"] = new("", w => Failed(w, TdxFunction.ImportTrack, s_failed)) { ComparesBytes = true },
        ["failed first import"] = new("", w => Failed(w, TdxFunction.ImportAbort, s_failed)),
        ["failed last import"] = new("", w => Failed(w, TdxFunction.ImportStateImmutable, s_failed)),
        ["failed export"] = new("INV-TDX-13", w => Failed(w, TdxFunction.ExportTrack, s_failed)),
        ["failed before the imports"] = new("INV-TDX-13", w => Failed(w, (TdxFunction)79, s_failed)),
        ["failed after the imports"] = new("INV-TDX-13", w => Failed(w, (TdxFunction)86, s_failed)),
        ["refused import"] = new("INV-TDX-13", w => Failed(w, TdxFunction.ImportTrack, s_refused)),
        ["import into a fatal TD"] = new("INV-TDX-13", w => Failed(w, TdxFunction.ImportTrack, TdxStatus.Of(TdxStatusCode.TdFatal))),
        ["failed import, epoch"] = new("INV-TDX-13", w => Host(w, TdxFunction.ImportTrack, () => w.Td.Epoch++, s_failed)),
        ["list of BLOCKW stopped"] = new("", w => Half(w, TdxFunction.ExportBlockw)),
        ["list of EXPORT.MEM stopped"] = new("", w => Half(w, TdxFunction.ExportMem)),
        ["list of RESTORE stopped"] = new("", w => Half(w, TdxFunction.ExportRestore)),
        ["list of IMPORT.MEM stopped"] = new("", w => Half(w, TdxFunction.ImportMem)),
        ["UNBLOCKW refused halfway"] = new("INV-TDX-13", w => Half(w, TdxFunction.ExportUnblockw)),
        ["pending page read"] = new("INV-TDX-10", w => Access(w, 0x3000, 0), w => w.Vcpu()) { Words = "reached a page that is Pending" },
        ["page read"] = new("", w => Access(w, 0x2000, 0), w => w.Vcpu()),
        ["page written"] = new("", w => Access(w, 0x2000, 1), w => w.Vcpu()),
        ["no page read"] = new("", w => Access(w, 0x5000, 0), w => w.Vcpu()),
        ["another's bytes read"] = new("INV-TDX-10", w => Access(w, 0x2000, 0), w => w.Vcpu()) { Platform = s_lines, Words = "read bytes the TD did not write" },
        ["another's bytes written"] = new("", w => Access(w, 0x2000, 1), w => w.Vcpu()) { Platform = s_lines },
        ["no page read under integrity"] = new("", w => Access(w, 0x5000, 0), w => w.Vcpu()) { Platform = s_lines },
        ["own bytes read"] = new("", w => Access(w, 0x2000, 0), w => { w.Vcpu(); w.Module.Memory.ZeroFrames(new(Mapped, 1), w.Module.Keys.KeyOf(w.Td.Hkid)); }) { Platform = s_lines },
        ["page with bytes blocked"] = new("", w => Host(w, TdxFunction.MemRangeBlock, () => w.SetState(new(2), SeptEntryState.Blocked)), Filled),
        ["page with bytes blocked by an accept"] = new("", w => Guest(w, TdxFunction.GuestPageAccept, () => w.SetState(new(2), SeptEntryState.Blocked)), Filled),
        ["page with bytes imported over a pending one"] = new("", w => Host(w, TdxFunction.ImportMem, () => w.SetState(new(3), SeptEntryState.Mapped)), Filled),
        ["page appears by a guest's call"] = new("INV-TDX-10", w => Guest(w, TdxFunction.GuestPageAttrWr, () => w.Page(new(5), SeptLevel.Pt, Free, SeptEntryState.Mapped)), w => w.Vcpu()),
        ["page added"] = new("", w => Host(w, TdxFunction.MemPageAdd, () => w.Page(new(5), SeptLevel.Pt, Free, SeptEntryState.Mapped)), null, TdxOpState.Initialized),
        ["page split"] = new("", Demote, null, TdxOpState.Initialized),
        ["page unblocked"] = new("", w => Host(w, TdxFunction.MemRangeUnblock, () => w.SetState(new(2), SeptEntryState.Mapped)), w => w.SetState(new(2), SeptEntryState.Blocked)),
        ["write-blocked page blocked"] = new(
            "", w => Host(w, TdxFunction.MemRangeBlock, () => w.SetState(new(2), SeptEntryState.Blocked)), w => w.SetState(new(2), SeptEntryState.BlockedWrite), TdxOpState.LiveExport),
        ["opened by UNBLOCKW"] = new("", w => Opened(w, TdxFunction.ExportUnblockw), w => w.SetState(new(2), SeptEntryState.BlockedWrite), TdxOpState.LiveExport),
        ["opened by EXPORT.MEM"] = new("", w => Opened(w, TdxFunction.ExportMem), w => w.SetState(new(2), SeptEntryState.BlockedWrite), TdxOpState.LiveExport),
        ["opened by RESTORE"] = new("", w => Opened(w, TdxFunction.ExportRestore), w => w.SetState(new(2), SeptEntryState.BlockedWrite), TdxOpState.LiveExport),
        ["exported while paused"] = new("", Exported, null, TdxOpState.PausedExport),
        ["exported after the export"] = new("", Exported, null, TdxOpState.PostExport),
        ["exported while written"] = new("INV-TDX-17", Exported, null, TdxOpState.LiveExport) { Words = "which the guest is writing" },
        ["two leaves"] = new(
            "INV-TDX-3", w => Host(w, TdxFunction.MemPageAug, () => w.Write(new(7), SeptLevel.Pt, SeptEntry.Leaf(SeptEntryState.Pending, Mapped, 0))))
        { Words = "and 2 entries lead, the first at " },
        ["no leaf"] = new("INV-TDX-3", w => Host(w, TdxFunction.MemPageAug, () => w.Own(Free, PageSize.Size4K, PageType.Reg), page: Free)) { Words = "and no entry leads to it" },
        ["free entry with priority"] = new("", w => Raw(w, SeptEntry.Free.WithHostPriority(true))),
        ["free entry locked"] = new("", w => Raw(w, SeptEntry.Free.WithLock(true))),
        ["removed entry"] = new("", w => Raw(w, SeptEntry.Removed(5))),
        ["removed entry with rights"] = new("INV-TDX-7 INV-TDX-10", w => Raw(w, new(SeptEntry.Removed(5).Raw | 7))),
        ["page of 1G"] = new("", w => Host(w, TdxFunction.MemPageAug, () => w.Page(new(0x40000), SeptLevel.Pdpt, new(0x100000), SeptEntryState.Pending)), w => { FreePages(w); Vacate(w); }),
        ["leaf above 1G"] = new("INV-TDX-7", w => Host(w, TdxFunction.MemPageAug, () => w.Write(new(1UL << 27), SeptLevel.Pml4, SeptEntry.Leaf(SeptEntryState.Pending, new(0x100000), 0)))),
    };

    public static TheoryData<string> Names => [.. s_all.Keys];

    public static TheoryData<TdxFunction> Functions => [.. Enum.GetValues<TdxFunction>().Where(function => (int)function < 0x10000)];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operation_breaks_exactly_what_it_breaks(string name)
    {
        var watched = s_all[name];
        var world = new HandMade(watched.OpState, watched.Platform);
        watched.Prepare?.Invoke(world);
        var checker = new TdxChecker(world.Module, TdxCheckerOptions.Record with { ComparesBytes = watched.ComparesBytes });
        checker.OnOperation(world.Module, watched.Do(world));
        Assert.Equal(watched.Ids, string.Join(' ', checker.Breaches.Select(breach => breach.Invariant.Id)));
        Assert.Contains(watched.Words, checker.Breaches.Count > 0 ? checker.Breaches[0].Text : "", StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_td_without_a_key_is_worked_on_only_by_what_gives_and_takes_keys_and_pages(TdxFunction function)
    {
        TdxFunction[] exempt =
        [
            TdxFunction.MngCreate, TdxFunction.MngKeyConfig, TdxFunction.MngVpFlushDone, TdxFunction.MngKeyFreeid, TdxFunction.MngKeyReclaimid, TdxFunction.SysTdmrInit,
            TdxFunction.PhymemPageRdmd, TdxFunction.PhymemPageReclaim, TdxFunction.PhymemPageWbinvd, TdxFunction.PhymemCacheWb, TdxFunction.PhymemPamtAdd, TdxFunction.PhymemPamtRemove,
        ];
        var world = new HandMade();
        world.Td.Lifecycle = TdLifecycle.Blocked;
        var checker = new TdxChecker(world.Module, TdxCheckerOptions.Record);
        checker.OnOperation(world.Module, world.Call(function, world.Td.Tdr.Address.Value));
        Assert.Equal(exempt.Contains(function) ? [] : ["INV-TDX-15"], checker.Breaches.Select(breach => breach.Invariant.Id));
    }

    [Fact]
    public void A_package_that_did_not_write_back_need_not_have_begun_with_the_key()
    {
        var world = new HandMade(platform: s_twoPackages);
        world.Module.State.CacheWriteBacks[0] = new(true, 0, 0);
        world.Module.Keys.SetPending(world.Td.Hkid, 3);
        var checker = new TdxChecker(world.Module, TdxCheckerOptions.Record);
        world.Module.State.CacheWriteBacks[0] = default;
        checker.OnOperation(world.Module, world.Call(TdxFunction.PhymemCacheWb));
        world.Module.State.CacheWriteBacks[0] = new(true, 0, 0);
        checker.OnOperation(world.Module, world.Call(TdxFunction.PhymemCacheWb));
        Flushed(world, 3);
        checker.OnOperation(world.Module, world.Call(TdxFunction.MngVpFlushDone));
        world.Module.Keys.SetPending(world.Td.Hkid, 1);
        checker.OnOperation(world.Module, world.Call(TdxFunction.PhymemCacheWb));
        Assert.Empty(checker.Breaches);
        world.Module.Keys.SetPending(world.Td.Hkid, 0);
        checker.OnOperation(world.Module, world.Call(TdxFunction.PhymemCacheWb));
        Assert.Equal("INV-TDX-14", Assert.Single(checker.Breaches).Invariant.Id);
    }

    [Theory]
    [InlineData(PageType.Pamt, PageSize.Size2M, true, true)]
    [InlineData(PageType.Pamt, PageSize.Size2M, false, false)]
    [InlineData(PageType.Pamt, PageSize.Size1G, true, false)]
    [InlineData(PageType.Ept, PageSize.Size2M, true, false)]
    public void Large_entries_are_of_the_pamt_only_where_it_is_dynamic(PageType type, PageSize size, bool isDynamic, bool isRight)
    {
        var world = new HandMade(platform: TdxWorld.Recorded with { Version = TdxModuleVersion.V1Dot5Dot01 with { HasDynamicPamt = isDynamic } });
        world.Module.Pamt.Write(size, size == PageSize.Size2M ? s_far : new(0x40000), new(type, default, 0));
        Assert.Equal(!isRight, TdxInvariants.Check(world.Module).Any(breach => breach.Invariant.Id == "INV-TDX-2"));
    }

    private static TdxOperation Host(HandMade w, TdxFunction function, Action change, TdxStatus status = default, Pfn page = default, ulong rcx = 0x2000)
    {
        change();
        return w.Call(function, rcx, page, status);
    }

    private static TdxOperation Guest(HandMade w, TdxFunction function, Action change)
    {
        change();
        return new(TdxOperationKind.GuestCall, function, w.Td.Vcpus[0].Tdvpr, new(0x2000), default);
    }

    private static TdxOperation Access(HandMade w, ulong gpa, ulong isWrite) =>
        new(TdxOperationKind.GuestAccess, default, w.Td.Vcpus[0].Tdvpr, new(gpa, 0, isWrite, 8), default) { Guest = new(GuestEvent.Ok) };

    private static TdxOperation Failed(HandMade w, TdxFunction function, TdxStatus status) =>
        Host(w, function, () => { w.Td.OpState = TdxOpState.FailedImport; w.Td.MigrationEpoch++; }, status);

    private static TdxOperation Half(HandMade w, TdxFunction function) => Host(w, function, () => w.SetState(new(2), SeptEntryState.BlockedWrite), s_refused);

    private static TdxOperation Opened(HandMade w, TdxFunction function) => Host(w, function, () => w.SetState(new(2), SeptEntryState.Mapped));

    private static TdxOperation Exported(HandMade w) =>
        Host(w, TdxFunction.ExportMem, () => w.Write(new(2), SeptLevel.Pt, SeptEntry.Leaf(SeptEntryState.ExportedBlockedWrite, Mapped, 7)));

    private static TdxOperation Raw(HandMade w, SeptEntry entry) => Host(w, TdxFunction.MemPageRemove, () => w.Write(new(9), SeptLevel.Pt, entry));

    private static TdxOperation Demote(HandMade w)
    {
        w.Module.Pamt.Split(PageSize.Size2M, Large);
        w.Table(new(0x200), SeptLevel.Pd, Free);
        for (var page = 0UL; page < 512; page++)
        {
            w.Write(new(0x200 + page), SeptLevel.Pt, SeptEntry.Leaf(SeptEntryState.Mapped, Large + page, 7));
        }

        return w.Call(TdxFunction.MemPageDemote, 0x20_0001, Free);
    }

    private static void Flushed(HandMade w, uint pending)
    {
        w.Module.Keys[w.Td.Hkid] = HkidState.Flushed;
        w.Module.Keys.SetPending(w.Td.Hkid, pending);
    }

    private static void Filled(HandMade w)
    {
        w.Vcpu();
        w.Module.Memory.Contents.Write(Mapped.Address, 8, 5);
        w.Module.Memory.Contents.Write(Pending.Address, 8, 5);
    }

    private static void Outside(HandMade w)
    {
        var vcpu = w.Vcpu();
        (vcpu.IsInside, vcpu.Processor) = (false, null);
        w.Td.AddReference(w.Td.Epoch, -1);
    }

    private static void FreePages(HandMade w)
    {
        foreach (var page in w.Other.ControlPages)
        {
            w.Module.Pamt.Write(PageSize.Size4K, page, default);
        }

        w.Other.ChildCount = 0;
    }

    private static void Vacate(HandMade w)
    {
        var count = w.Other.ChildCount;
        FreePages(w);
        w.Other.ChildCount = count;
        w.Module.Pamt.Write(PageSize.Size4K, w.Other.Tdr, default);
        w.Module.State.Remove(w.Other);
    }
}
