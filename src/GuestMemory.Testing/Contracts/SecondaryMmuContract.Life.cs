namespace GuestMemory.Testing;

/// <content>The state of a tree, and its end.</content>
public abstract partial class SecondaryMmuContract
{
    /// <summary>Canonical bytes read back are the same state, with leaves mapped and unmapped.</summary>
    public void State_read_back_is_the_same_state()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            Mapped(Base, 4, PageSize.Size4K, kind);
            AllowUnmap(Vm);
            RequireDone(Vm.Mmu.Unmap(new(Base, 1), KindFilter.Both));
            var before = Snapshot.Of(Machine);
            var written = Machine.WriteState().ToArray();
            Zap(Vm, new(Base, 4));

            Machine.ReadState(written);

            Unchanged(before, "Writing the state and reading it back");
        }
    }

    /// <summary>When a VM goes, or the machine returns to a state from before it, nothing of its tree stays behind.</summary>
    public void A_VM_that_is_gone_maps_nothing()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            var nothing = Machine.WriteState().ToArray();
            var frames = Mapped(Base, 2, PageSize.Size4K, kind);
            Machine.ReadState(nothing);
            HoldsNot(Machine.Mappings.AnyMapped(frames, KindFilter.Both));

            Renew();
            frames = Mapped(Base, 2, PageSize.Size4K, kind);
            AllowUnmap(Vm);
            Vm.Destroy();
            Machine.Mappings.Rebuild();
            HoldsNot(Machine.Mappings.AnyMapped(frames, KindFilter.Both));
        }
    }
}
