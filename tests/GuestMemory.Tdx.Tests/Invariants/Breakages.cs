using static GuestMemory.Tdx.Tests.Invariants.HandMade;

namespace GuestMemory.Tdx.Tests.Invariants;

/// <summary>Each invariant of tdx.md 13 broken by hand; some in more than one way.</summary>
internal static class Breakages
{
    private static readonly TdxStatus s_refused = TdxStatus.Of(TdxStatusCode.EptEntryStateIncorrect, TdxOperand.Rcx);

    public static IReadOnlyDictionary<string, Breakage> All { get; } = new Dictionary<string, Breakage>(StringComparer.Ordinal)
    {
        ["INV-TDX-1 two entries"] = new(w => Do(w, TdxFunction.MemPageAug, Large, () => w.Own(Large + 5, PageSize.Size4K, PageType.Reg))),
        ["INV-TDX-1 over a small one"] = new(w => Do(w, TdxFunction.MemPageAug, Mapped, () => w.Own(Mapped.AlignDown(PageSize.Size2M), PageSize.Size2M, PageType.Reg))),
        ["INV-TDX-2 a large table"] = new(w => Do(w, TdxFunction.MemSeptAdd, Large, () => w.Module.Pamt.Write(PageSize.Size2M, Large, new(PageType.Ept, w.Td.Tdr, 0)))),
        ["INV-TDX-3 no leaf"] = new(w => Do(w, TdxFunction.MemPageAug, Free, () => w.Own(Free, PageSize.Size4K, PageType.Reg))),
        ["INV-TDX-3 no page"] = new(w => Do(w, TdxFunction.MemPageRemove, Mapped, () => w.Disown(Mapped))),
        ["INV-TDX-3 two leaves"] = new(w => Do(w, TdxFunction.MemPageAug, Mapped, () => w.Write(new(7), SeptLevel.Pt, SeptEntry.Leaf(SeptEntryState.Pending, Mapped, 0)))),
        ["INV-TDX-4 no table entry"] = new(w => Do(w, TdxFunction.MemSeptAdd, Free, () => w.Own(Free, PageSize.Size4K, PageType.Ept))),
        ["INV-TDX-4 root"] = new(w => Do(w, TdxFunction.MemSeptAdd, default, () => w.Module.Pamt.Write(PageSize.Size4K, w.Td.Sept!.Root, new(PageType.Reg, w.Td.Tdr, 0)))),
        ["INV-TDX-5 another TD's page"] = new(w => Do(w, TdxFunction.MemPageAug, Mapped, () => w.Module.Pamt.Write(PageSize.Size4K, Mapped, new(PageType.Reg, w.Other.Tdr, 0)))),
        ["INV-TDX-5 another TD's control page"] = new(w => Do(w, TdxFunction.MngAddcx, default, () => w.Td.ControlPageList.Add(w.Other.ControlPages[0]))),
        ["INV-TDX-6 count"] = new(w => Do(w, TdxFunction.MemPageAug, default, () => w.Td.ChildCount++)),
        ["INV-TDX-6 gone"] = new(w => Do(w, TdxFunction.PhymemPageReclaim, default, () =>
        {
            w.Module.State.Remove(w.Td);
            w.Module.Pamt.Write(PageSize.Size4K, w.Td.Tdr, default);
        })),
        ["INV-TDX-7 free with a page"] = new(w => Do(w, TdxFunction.MemPageRemove, Mapped, () => w.Write(new(9), SeptLevel.Pt, SeptEntry.Free.WithPage(Mapped)))),
        ["INV-TDX-7 free with a page alone in its table"] = new(
            w => Do(w, TdxFunction.MemPageRemove, Mapped, () => w.Write(new(0x400), SeptLevel.Pt, SeptEntry.Free.WithPage(Mapped))), w => w.Table(new(0x400), SeptLevel.Pd, new(0x40013))),
        ["INV-TDX-7 table of 4K"] = new(w => Do(w, TdxFunction.MemSeptAdd, Free, () => w.Write(new(9), SeptLevel.Pt, SeptEntry.NonLeaf(Free)))),
        ["INV-TDX-8 not blocked"] = new(Remove),
        ["INV-TDX-8 not tracked"] = new(Remove, w => { w.SetState(new(2), SeptEntryState.Blocked); w.SetBepoch(Mapped, w.Td.Epoch); }, TdxOpState.LiveExport),
        ["INV-TDX-8 stale access"] = new(w => new(TdxOperationKind.GuestAccess, default, w.Td.Vcpus[0].Tdvpr, new(0x2000), default) { IsStale = true }, w => w.Vcpu()),
        ["INV-TDX-9 falling"] = new(w => Do(w, TdxFunction.MemTrack, default, () => w.Td.Epoch--)),
        ["INV-TDX-9 two behind"] = new(w => Do(w, TdxFunction.MemTrack, default, () => w.Td.Epoch += 2), w => w.Vcpu()),
        ["INV-TDX-10 from nowhere"] = new(w => Do(w, TdxFunction.MemPageAug, Free, () => w.Page(new(5), SeptLevel.Pt, Free, SeptEntryState.Mapped))),
        ["INV-TDX-10 added too late"] = new(w => Do(w, TdxFunction.MemPageAdd, Free, () => w.Page(new(5), SeptLevel.Pt, Free, SeptEntryState.Mapped))),
        ["INV-TDX-10 not zeroed"] = new(Accept, w => w.Module.Memory.Contents.Write(Pending.Address, 8, 5)),
        ["INV-TDX-10 not copied"] = new(Relocate, w => w.Module.Memory.Contents.Write(Mapped.Address, 8, 5)),
        ["INV-TDX-10 rights of a pending page"] = new(w => Do(w, TdxFunction.MemPageAug, Pending, () => w.Write(new(3), SeptLevel.Pt, SeptEntry.Leaf(SeptEntryState.Pending, Pending, 7)))),
        ["INV-TDX-11 by the host"] = new(w => Do(w, TdxFunction.MemRangeUnblock, Pending, () => w.SetState(new(3), SeptEntryState.Mapped))),
        ["INV-TDX-11 blocked"] = new(w => Do(w, TdxFunction.MemRangeBlock, Pending, () => w.SetState(new(3), SeptEntryState.Blocked))),
        ["INV-TDX-12 accepted by splitting"] = new(w => Demote(w, SeptEntryState.Pending, 0)),
        ["INV-TDX-12 another page"] = new(w => Demote(w, SeptEntryState.Mapped, 1)),
        ["INV-TDX-13 tree"] = new(w => Do(w, TdxFunction.MemRangeBlock, Mapped, () => w.SetState(new(2), SeptEntryState.Blocked), s_refused)),
        ["INV-TDX-13 page"] = new(w => Do(w, TdxFunction.MemPageAug, Free, () => w.Module.Pamt.Write(PageSize.Size4K, Free, new(PageType.Nda, w.Td.Tdr, 4)), s_refused)),
        ["INV-TDX-13 TD"] = new(w => Do(w, TdxFunction.MemTrack, default, () => w.Td.Epoch++, s_refused)),
        ["INV-TDX-13 key"] = new(w => Do(w, TdxFunction.MngCreate, default, () => w.Module.Keys[new(40)] = HkidState.Assigned, s_refused)),
        ["INV-TDX-13 bytes"] = new(w => Do(w, TdxFunction.MemPageAug, Mapped, () => w.Module.Memory.Contents.Write(Mapped.Address, 8, 5), s_refused)),
        ["INV-TDX-14 in use"] = new(w => Do(w, TdxFunction.MngKeyFreeid, default, () => w.Module.Keys[w.Td.Hkid] = HkidState.Free)),
        ["INV-TDX-14 not written back"] = new(
            w => Do(w, TdxFunction.MngKeyFreeid, default, () => { w.Module.Keys[w.Td.Hkid] = HkidState.Free; w.Module.Keys.SetPending(w.Td.Hkid, 0); w.Td.Lifecycle = TdLifecycle.Teardown; }),
            w => { w.Module.Keys[w.Td.Hkid] = HkidState.Flushed; w.Module.Keys.SetPending(w.Td.Hkid, 1); w.Td.Lifecycle = TdLifecycle.Blocked; }),
        ["INV-TDX-14 flushed with a vCPU"] = new(w => Do(w, TdxFunction.MngVpFlushDone, default, () => w.Module.Keys[w.Td.Hkid] = HkidState.Flushed), w => w.Vcpu()),
        ["INV-TDX-14 written back by nothing"] = new(
            w => Do(w, TdxFunction.MemTrack, default, () => w.Module.Keys.SetPending(w.Td.Hkid, 0)),
            w => { w.Module.Keys[w.Td.Hkid] = HkidState.Flushed; w.Module.Keys.SetPending(w.Td.Hkid, 1); }),
        ["INV-TDX-15 tree without a key"] = new(
            w => Do(w, TdxFunction.MemRangeBlock, Mapped, () => w.SetState(new(2), SeptEntryState.Blocked)), w => w.Td.Lifecycle = TdLifecycle.Blocked),
        ["INV-TDX-15 epoch without a key"] = new(w => Do(w, TdxFunction.MemTrack, default, () => w.Td.Epoch++, gpa: w.Td.Tdr.Address.Value), w => w.Td.Lifecycle = TdLifecycle.Blocked),
        ["INV-TDX-15 reclaimed alive"] = new(w => { w.Disown(Mapped); return new(TdxOperationKind.HostCall, TdxFunction.PhymemPageReclaim, default, new(Mapped.Address.Value), default); }),
        ["INV-TDX-16 used"] = new(w => Do(w, TdxFunction.MemPageAug, new(0x50005), () => w.Own(new(0x50005), PageSize.Size4K, PageType.Reg))),
        ["INV-TDX-16 made"] = new(w => Do(w, TdxFunction.MemPageRemove, Free, () => w.Module.Pamt.Write(PageSize.Size4K, Free, PamtEntry.Reserved))),
        ["INV-TDX-17 writable"] = new(w => Do(w, TdxFunction.ExportBlockw, default, () => w.Write(new(2), SeptLevel.Pt, SeptEntry.Leaf(SeptEntryState.BlockedWrite, Mapped, 7)), gpa: 0)),
        ["INV-TDX-17 opened"] = new(
            w => Do(w, TdxFunction.MemRangeUnblock, Mapped, () => w.SetState(new(2), SeptEntryState.Mapped)), w => w.SetState(new(2), SeptEntryState.BlockedWrite), TdxOpState.LiveExport),
        ["INV-TDX-17 written"] = new(
            w => new(TdxOperationKind.GuestAccess, default, w.Td.Vcpus[0].Tdvpr, new(0x2000, 1, 1, 8), default) { Guest = new(GuestEvent.Ok) },
            w => { w.Vcpu(); w.SetState(new(2), SeptEntryState.ExportedBlockedWrite); }),
    };

    public static string IdOf(string name) => name.Split(' ')[0];

    private static TdxOperation Do(HandMade world, TdxFunction function, Pfn page, Action change, TdxStatus status = default, ulong gpa = 0x2000)
    {
        change();
        return world.Call(function, gpa, page, status);
    }

    private static TdxOperation Remove(HandMade world)
    {
        world.Disown(Mapped);
        world.Write(new(2), SeptLevel.Pt, SeptEntry.Free);
        return world.Call(TdxFunction.MemPageRemove, page: Mapped);
    }

    private static TdxOperation Accept(HandMade world)
    {
        var vcpu = world.Td.Vcpus.Count > 0 ? world.Td.Vcpus[0] : world.Vcpu();
        world.SetState(new(3), SeptEntryState.Mapped);
        return new(TdxOperationKind.GuestCall, TdxFunction.GuestPageAccept, vcpu.Tdvpr, new(0x3000), default);
    }

    private static TdxOperation Relocate(HandMade world)
    {
        world.Disown(Mapped);
        world.Page(new(2), SeptLevel.Pt, Free, SeptEntryState.Mapped);
        return world.Call(TdxFunction.MemPageRelocate, page: Free);
    }

    // The 2M page split, its children in a state, and as many pages off.
    private static TdxOperation Demote(HandMade world, SeptEntryState state, ulong shift)
    {
        world.Module.Pamt.Split(PageSize.Size2M, Large);
        world.Table(new(0x200), SeptLevel.Pd, Free);
        for (var page = 0UL; page < 512; page++)
        {
            world.Write(new(0x200 + page), SeptLevel.Pt, SeptEntry.Leaf(state, Large + ((page + shift) % 512), HandMade.RightsOf(state)));
        }

        return world.Call(TdxFunction.MemPageDemote, 0x20_0001, Free);
    }
}
