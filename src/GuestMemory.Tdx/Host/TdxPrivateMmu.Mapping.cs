using System.Runtime.CompilerServices;

namespace GuestMemory.Tdx;

/// <content>Giving pages: what is there already, what refuses, tables and AUG leaf by leaf, and the way back.</content>
public sealed partial class TdxPrivateMmu
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsThere(in MapRequest request)
    {
        for (var done = 0UL; done < request.Gfns.Count;)
        {
            if (!_mirror.TryTranslate(request.Gfn + done, out var leaf) || leaf.Frame != request.Frame + done || leaf.Writable != request.Writable)
            {
                return false;
            }

            done += leaf.Size.FrameCount();
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Outcome RefusalOf(in MapRequest request)
    {
        if (request.Kind != PageKind.Private)
        {
            return CoreRules.WrongKind.Refuse(request.Gfn.Value);
        }

        if (request.Size > (_host.Options.Hypothetical.MapsLargePages ? PageSize.Size2M : PageSize.Size4K))
        {
            return TdxHostRules.NoLargePages.Refuse(request.Gfn.Value);
        }

        if (_mirror.TryFindIn(request.Gfns, out var occupied))
        {
            return TdxHostRules.Occupied.Refuse(occupied.Value);
        }

        var machine = _vm.Machine;
        return machine.Enforcement == Enforcement.Enforce && machine.Mappings.AnyMapped(request.Frames, KindFilter.Shared)
            ? machine.Mappings.StillMapped(request.Frames, KindFilter.Shared)
            : Outcome.Success;
    }

    // Where a table stands already, what would be a large leaf comes as small ones.
    private MapRequest SizedFor(HostedTd td, in MapRequest request)
    {
        var isLarge = request.Size == PageSize.Size2M;
        for (var leaf = 0UL; isLarge && leaf < request.Leaves; leaf++)
        {
            var place = _host.Module.FindTd(td.Tdr)!.Sept!.Walk(request.Gfn + (leaf * request.Size.FrameCount()), SeptLevel.Pd);
            isLarge = place.Entry.State is SeptEntryState.Free or SeptEntryState.Removed;
        }

        return isLarge ? request : request with { Size = PageSize.Size4K, Leaves = request.Gfns.Count };
    }

    // Leaf by leaf: tables, AUG, and only then the mirror.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private MmuAnswer Augment(HostedTd td, in MapRequest request)
    {
        for (var leaf = 0UL; leaf < request.Leaves; leaf++)
        {
            var offset = leaf * request.Size.FrameCount();
            var (gfn, frame) = (request.Gfn + offset, request.Frame + offset);
            var result = Give(td, gfn, frame, request.Size, out var isOutOfPages);
            if (isOutOfPages || !result.IsSuccess)
            {
                return TakeBack(GfnRange.FromBounds(request.Gfn, gfn), isOutOfPages, result);
            }

            Follow(request with { Gfn = gfn, Frame = frame, Leaves = 1 });
        }

        return MmuAnswer.Done;
    }

    private TdxResult Give(HostedTd td, Gfn gfn, Pfn frame, PageSize size, out bool isOutOfPages)
    {
        var tables = _host.AddTables(td, gfn, SeptLevels.Of(size), out isOutOfPages);
        return tables.IsSuccess && !isOutOfPages
            ? _host.Call(td, TdxFunction.MemPageAug, TdxHost.Operands(td, gfn, size) with { R8 = frame.Address.Value })
            : tables;
    }

    // The leaves given before go again. What is neither a lock nor a missing page kills the VM.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private MmuAnswer TakeBack(GfnRange given, bool isOutOfPages, in TdxResult result)
    {
        var zapped = given.IsEmpty ? MmuAnswer.Done : _vm.Zap(given, KindFilter.Private);
        if (isOutOfPages && zapped.IsDone)
        {
            return MmuAnswer.Refused(CoreRules.OutOfFrames.Refuse(given.End.Value));
        }

        if (TdxHost.IsBusy(result) && zapped.IsDone)
        {
            return new(MmuVerdict.Busy, result.ToOutcome());
        }

        _vm.Kill();
        return new(MmuVerdict.GuestDead, result.ToOutcome());
    }
}
