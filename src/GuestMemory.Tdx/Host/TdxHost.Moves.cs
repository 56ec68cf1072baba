namespace GuestMemory.Tdx;

/// <content>What no Linux does: a running TD's page moved to another frame. Source: tdx-module, tdh_mem_page_relocate.c.</content>
public sealed partial class TdxHost
{
    /// <summary>Moves a 4K page of a running TD to another frame: blocked, tracked, relocated, the old frame cleared and freed.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="gfn">A private guest frame that is mapped.</param>
    /// <returns>Success with the new frame; the policy's refusal, the store's, or the module's: nothing moved then.</returns>
    public Outcome MovePage(VirtualMachine vm, Gfn gfn)
    {
        ArgumentNullException.ThrowIfNull(vm);
        if (!Options.Hypothetical.Relocates || Find(vm.Id) is not { IsReleased: false } td)
        {
            return TdxHostRules.NoRelocation.Refuse(gfn.Value);
        }

        if (vm.IsDead || vm.Sequence.MustRetry(vm.Sequence.Sample(), new(gfn, 1)))
        {
            return (vm.IsDead ? CoreRules.GuestDead : CoreRules.InvalidationOpen).Refuse(gfn.Value);
        }

        if (vm.Slots.Find(gfn) is not { } slot || !slot.Resolve(gfn, PageKind.Private, out var location).IsSuccess || location.Source is not BackingFile file
            || vm.Mmu is not TdxMmu mmu || !mmu.Private.TryTranslate(gfn, out var leaf) || leaf.Size != PageSize.Size4K)
        {
            return CoreRules.NotPresent.Refuse(gfn.Value);
        }

        var refusal = file.Store.RefusalToMove(location.Index, out _);
        return refusal.IsSuccess ? Move(td, mmu.Private, file.Store, location.Index, gfn, leaf.Frame) : refusal;
    }

    private Outcome Move(HostedTd td, TdxPrivateMmu mmu, BackingStore store, PageIndex index, Gfn gfn, Pfn from)
    {
        if (!_machine.Frames.TryTake(new(0, 1, FramePurpose.Guest), out var target))
        {
            return CoreRules.OutOfFrames.Refuse(gfn.Value);
        }

        var prepared = _machine.Ownership.Prepare(new(target, td.Guest, gfn, PageKind.Private));
        var moved = prepared.IsSuccess ? Relocate(td, gfn, target.Start).ToOutcome() : prepared;
        if (!moved.IsSuccess)
        {
            _machine.Ownership.Reclaim(target);
            _machine.Frames.GiveBack(target);
            return moved;
        }

        mmu.Moved(gfn, target.Start);
        WriteBackQuietly(td, from);
        store.Replace(index, target.Start);
        Emit(td.Tdr, (ulong)TdxFunction.MemPageRelocate, Outcome.Success);
        return Outcome.Success with { Info = target.Start.Value };
    }
}
