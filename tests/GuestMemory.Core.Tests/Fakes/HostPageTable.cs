namespace GuestMemory.Tests.Fakes;

/// <summary>
/// A process's page table as a secondary MMU. The process itself makes entries by touching and has no request to map: this adapts
/// the one to the other, over one shared mapping of a store from page 0. Its state is the process's.
/// </summary>
internal sealed class HostPageTable : ISecondaryMmu, IStateful
{
    private const ulong Pages = 1UL << 20;
    private readonly VirtualMachine _vm;
    private readonly HostAddressSpace _process;
    private readonly BackingStore _store;

    public HostPageTable(VirtualMachine vm)
    {
        _vm = vm;
        _store = vm.Machine.CreateStore(BackingProperties.Memfd, Pages * 4096);
        _process = vm.Machine.CreateProcess();
        _process.Map(new(default, Pages), new(_store.Id, default, HostRights.Read | HostRights.Write, IsShared: true, Holder: -1, IsLocked: false));
    }

    public PfnRange FramesBehind(Gfn gfn, ulong count)
    {
        _store.Allocate(new(new(gfn.Value), count));
        _store.TryLookUp(new(gfn.Value), out var first);
        return new(first.Frame, count);
    }

    public MmuAnswer Map(in MapRequest request)
    {
        if (_vm.Sequence.MustRetry(request.Sample, request.Gfns))
        {
            return MmuAnswer.Retry;
        }

        if (request.Kind != PageKind.Shared || request.Size != PageSize.Size4K || !IsWhatTheStoreHas(request))
        {
            return MmuAnswer.Refused(CoreRules.NotSupported.Refuse(request.Gfn.Value));
        }

        var pages = new PageIndexRange(new(request.Gfn.Value), request.Leaves);
        _process.Protect(pages, request.Writable ? HostRights.Read | HostRights.Write : HostRights.Read);
        for (var page = pages.Start; page < pages.End; page += 1)
        {
            _process.Touch(page, request.Writable ? AccessKind.Write : AccessKind.Read, out _);
        }

        return MmuAnswer.Done;
    }

    public MmuAnswer Unmap(GfnRange range, KindFilter kinds)
    {
        if (kinds.HasFlag(KindFilter.Shared))
        {
            _process.Discard(new(new(range.Start.Value), range.Count));
        }

        return MmuAnswer.Done;
    }

    public MmuAnswer Flush(GfnRange range)
    {
        _vm.Cache.Drop(range);
        return MmuAnswer.Done;
    }

    public MmuAnswer Split(Gfn gfn) =>
        TryTranslate(gfn, out _) ? MmuAnswer.Done : MmuAnswer.Refused(CoreRules.NotPresent.Refuse(gfn.Value));

    public MmuAnswer Merge(Gfn gfn, PageSize size) => MmuAnswer.Refused(CoreRules.NotMergeable.Refuse(gfn.Value));

    public bool TryTranslate(Gfn gfn, out Translation translation)
    {
        foreach (var run in _process.Entries)
        {
            if (run.Start <= gfn.Value && gfn.Value < run.End)
            {
                var entry = run.Value.Advance(gfn.Value - run.Start);
                translation = new(entry.Frame, PageSize.Size4K, PageKind.Shared, entry.Writable);
                return true;
            }
        }

        translation = default;
        return false;
    }

    public void WriteState(ref StateWriter writer)
    {
    }

    public void ReadState(ref StateReader reader)
    {
    }

    private bool IsWhatTheStoreHas(in MapRequest request)
    {
        for (var leaf = 0UL; leaf < request.Leaves; leaf++)
        {
            if (!_store.TryLookUp(new(request.Gfn.Value + leaf), out var stored) || stored.Frame != request.Frame + leaf)
            {
                return false;
            }
        }

        return true;
    }
}
