namespace GuestMemory.Testing;

/// <content>Where the page behind a guest frame is.</content>
public abstract partial class MemslotContract
{
    /// <summary>The slot is where it was put, and the VM's table finds it there and nowhere else.</summary>
    public void The_slot_covers_exactly_its_frames()
    {
        Begin();
        var (parts, slot) = NewSlot();

        Equal(parts.Gfns, slot.Gfns);
        Same(slot, parts.Vm.Slots.Find(parts.Gfns.Start));
        Same(slot, parts.Vm.Slots.Find(Last(parts.Gfns)));
        Same(null, parts.Vm.Slots.Find(parts.Gfns.End));
    }

    /// <summary>The shared page of a frame lies as far into the shared side as the frame into the slot.</summary>
    public void A_shared_frame_resolves_to_its_own_page()
    {
        Begin();
        var (parts, slot) = NewSlot();
        IPageSource source = FileServesShared ? parts.File : parts.Process;
        var first = FileServesShared ? parts.FileStart : parts.SharedPage;

        foreach (var (gfn, offset) in Lower(parts))
        {
            var location = Resolve(slot, gfn, PageKind.Shared);
            Same(source, location.Source);
            Equal(first + offset, location.Index);
        }
    }

    /// <summary>The private page of a frame lies as far into the file as the frame into the slot (I5, I6).</summary>
    public void A_private_frame_resolves_to_its_own_page_of_the_file()
    {
        Begin();
        var (parts, slot) = NewSlot();

        foreach (var (gfn, offset) in Upper(parts))
        {
            var location = Resolve(slot, gfn, PageKind.Private);
            Same(parts.File, location.Source);
            Equal(parts.FileStart + offset, location.Index);
        }
    }

    /// <summary>A frame just before or after the slot has no page here: its neighbour's page is not this slot's.</summary>
    public void A_frame_outside_is_never_resolved()
    {
        Begin();
        var (parts, slot) = NewSlot();
        Gfn[] outside = [default, new(parts.Gfns.Start.Value - 1), parts.Gfns.End, new(ulong.MaxValue)];

        foreach (var gfn in outside)
        {
            RequireRefuses(slot, gfn, PageKind.Shared);
            RequireRefuses(slot, gfn, PageKind.Private);
        }
    }

    /// <summary>A kind the slot does not serve resolves nowhere; one it serves resolves somewhere.</summary>
    public void Serving_a_kind_and_resolving_it_agree()
    {
        Begin();
        var (parts, slot) = NewSlot();
        foreach (var kind in new[] { PageKind.Shared, PageKind.Private })
        {
            var resolved = All(parts).Count(at => slot.Resolve(at.Gfn, kind, out _).IsSuccess);
            Equal(slot.Serves(kind), resolved > 0);
        }
    }

    /// <summary>Asking where a page is brings none in.</summary>
    public void Resolving_changes_nothing()
    {
        Begin();
        var (parts, slot) = NewSlot();
        var before = Snapshot.Of(parts.Vm.Machine, slot);

        foreach (var (gfn, _) in All(parts))
        {
            slot.Resolve(gfn, PageKind.Shared, out _);
            slot.Resolve(gfn, PageKind.Private, out _);
        }

        Unchanged(before, "Resolving");
        Equal(0UL, parts.File.Store.HeldPages);
    }

    /// <summary>The location names the slot in such a way that its source gives the page.</summary>
    public void What_is_resolved_can_be_had()
    {
        Begin();
        var (parts, slot) = NewSlot();
        PageLocation[] locations = [Resolve(slot, parts.Gfns.Start, PageKind.Shared), Resolve(slot, Last(parts.Gfns), PageKind.Private)];

        foreach (var location in locations)
        {
            var outcome = location.Source.GetPage(new(location.Index, location.Slot, Write: false), out var page);
            Holds(outcome.IsSuccess, $"{location} gave {outcome}");
            Holds(page.Cleared);
        }
    }

    /// <summary>A slot does not keep its file alive: when the file is gone so is the private side, even if its number names another file by then.</summary>
    public void A_released_file_takes_the_private_side_with_it()
    {
        Begin();
        var (parts, slot) = NewSlot();
        var machine = parts.Vm.Machine;
        parts.File.Release();

        RequireRefuses(slot, Last(parts.Gfns), PageKind.Private);
        Equal(!FileServesShared, slot.Resolve(parts.Gfns.Start, PageKind.Shared, out _).IsSuccess);

        var other = machine.OpenFile(machine.CreateVm(new ContractTechnology()).Id, machine.CreateStore(BackingProperties.GuestMemfd, 1UL << 30, PageKind.Private));
        Equal(parts.File.Id, other.Id);
        RequireRefuses(slot, Last(parts.Gfns), PageKind.Private);
    }

    /// <summary>Only its own file takes the private side along.</summary>
    public void The_release_of_another_file_changes_nothing()
    {
        Begin();
        var (parts, slot) = NewSlot();
        var machine = parts.Vm.Machine;
        var other = machine.OpenFile(parts.Vm.Id, machine.CreateStore(BackingProperties.GuestMemfd, 1UL << 30, PageKind.Private));
        var before = Snapshot.Of(machine, slot);

        slot.DetachFile(other.Id);

        Unchanged(before, "The release of another file");
        Resolve(slot, Last(parts.Gfns), PageKind.Private);
    }

    /// <summary>Canonical bytes read back are the same state, that of a released file included.</summary>
    public void State_read_back_is_the_same_state()
    {
        Begin();
        var (parts, slot) = NewSlot();
        var machine = parts.Vm.Machine;
        var before = Snapshot.Of(machine, slot);
        var written = machine.WriteState().ToArray();
        parts.File.Release();

        machine.ReadState(written);

        Unchanged(before, "Writing the state and reading it back");
        Resolve(slot, Last(parts.Gfns), PageKind.Private);
    }

    /// <summary>Guest writes reach memory unless the slot is read-only.</summary>
    public void A_write_fault_is_mapped_unless_the_slot_is_read_only()
    {
        Begin();
        var (parts, slot) = NewSlot();
        var verdict = new GuestFault(parts.Vm, parts.Gfns.Start, isWrite: true, PageKind.Shared).Run();

        Equal(ExpectsReadOnly, slot.IsReadOnly);
        Equal(ExpectsReadOnly ? FaultVerdict.ReadOnly : FaultVerdict.Mapped, verdict);
        new GuestFault(parts.Vm, parts.Gfns.Start, isWrite: false, PageKind.Shared).Run();
        Holds(parts.Vm.Mmu.TryTranslate(parts.Gfns.Start, out var translation));
        Equal(!ExpectsReadOnly, translation.Writable);
    }

    /// <summary>The slot answers alike whatever store its file views: it knows none by its properties.</summary>
    public void The_slot_answers_alike_on_every_store()
    {
        Begin();
        var answers = Stores.Select(properties =>
        {
            var (parts, slot) = NewSlot(properties);
            return string.Join('\n', All(parts).Select(at => $"{Words(slot, at.Gfn, PageKind.Shared)} / {Words(slot, at.Gfn, PageKind.Private)}"));
        });

        Equal(1, answers.Distinct().Count());
    }
}
