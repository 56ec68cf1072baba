using Xunit;

namespace GuestMemory.Testing;

/// <summary>What every memslot promises, whatever stands behind its sides. Inherit it in a public class and make a slot.</summary>
/// <remarks>Each fact makes its own machine, VM, process and file.</remarks>
public abstract class MemslotContract
{
    private static readonly BackingProperties[] Stores =
    [
        BackingProperties.GuestMemfd, BackingProperties.MappableGuestMemfd, BackingProperties.Anonymous, BackingProperties.Memfd,
        BackingProperties.Restrictedmem, BackingProperties.Hugetlb2M, BackingProperties.Hugetlb1G, BackingProperties.Secretmem,
    ];

    /// <summary>Whether the slot under test is read-only.</summary>
    protected virtual bool ExpectsReadOnly => false;

    /// <summary>Whether the file serves shared pages too (an in-place file), so that no page of the process is used.</summary>
    protected virtual bool FileServesShared => false;

    /// <summary>
    /// Makes a slot of the parts: bound to the file and in the VM's table. At least its lower half serves shared pages, at least
    /// its upper half private ones.
    /// </summary>
    /// <param name="parts">The parts.</param>
    protected abstract IMemslot CreateSlot(MemslotParts parts);

    /// <summary>No inheriting class hides or skips a fact.</summary>
    [Fact]
    public void Every_fact_of_the_contract_runs() => ContractFacts.RequireAll(GetType(), typeof(MemslotContract));

    /// <summary>The slot is where it was put, and the VM's table finds it there and nowhere else.</summary>
    [Fact]
    public void The_slot_covers_exactly_its_frames()
    {
        var (parts, slot) = NewSlot();

        Assert.Equal(parts.Gfns, slot.Gfns);
        Assert.Same(slot, parts.Vm.Slots.Find(parts.Gfns.Start));
        Assert.Same(slot, parts.Vm.Slots.Find(Last(parts.Gfns)));
        Assert.Null(parts.Vm.Slots.Find(parts.Gfns.End));
    }

    /// <summary>The shared page of a frame lies as far into the shared side as the frame into the slot.</summary>
    [Fact]
    public void A_shared_frame_resolves_to_its_own_page()
    {
        var (parts, slot) = NewSlot();
        IPageSource source = FileServesShared ? parts.File : parts.Process;
        var first = FileServesShared ? parts.FileStart : parts.SharedPage;

        foreach (var (gfn, offset) in Lower(parts))
        {
            var location = Resolve(slot, gfn, PageKind.Shared);
            Assert.Same(source, location.Source);
            Assert.Equal(first + offset, location.Index);
        }
    }

    /// <summary>The private page of a frame lies as far into the file as the frame into the slot (I5, I6).</summary>
    [Fact]
    public void A_private_frame_resolves_to_its_own_page_of_the_file()
    {
        var (parts, slot) = NewSlot();

        foreach (var (gfn, offset) in Upper(parts))
        {
            var location = Resolve(slot, gfn, PageKind.Private);
            Assert.Same(parts.File, location.Source);
            Assert.Equal(parts.FileStart + offset, location.Index);
        }
    }

    /// <summary>A frame just before or after the slot has no page here: its neighbour's page is not this slot's.</summary>
    [Fact]
    public void A_frame_outside_is_never_resolved()
    {
        var (parts, slot) = NewSlot();
        Gfn[] outside = [default, new(parts.Gfns.Start.Value - 1), parts.Gfns.End, new(ulong.MaxValue)];

        foreach (var gfn in outside)
        {
            AssertRefuses(slot, gfn, PageKind.Shared);
            AssertRefuses(slot, gfn, PageKind.Private);
        }
    }

    /// <summary>A kind the slot does not serve resolves nowhere; one it serves resolves somewhere.</summary>
    [Fact]
    public void Serving_a_kind_and_resolving_it_agree()
    {
        var (parts, slot) = NewSlot();
        foreach (var kind in new[] { PageKind.Shared, PageKind.Private })
        {
            var resolved = All(parts).Count(at => slot.Resolve(at.Gfn, kind, out _).IsSuccess);
            Assert.Equal(slot.Serves(kind), resolved > 0);
        }
    }

    /// <summary>Asking where a page is brings none in.</summary>
    [Fact]
    public void Resolving_changes_nothing()
    {
        var (parts, slot) = NewSlot();
        var before = Snapshot.Of(parts.Vm.Machine, slot);

        foreach (var (gfn, _) in All(parts))
        {
            slot.Resolve(gfn, PageKind.Shared, out _);
            slot.Resolve(gfn, PageKind.Private, out _);
        }

        before.AssertUnchanged("Resolving");
        Assert.Equal(0UL, parts.File.Store.HeldPages);
    }

    /// <summary>The location names the slot in such a way that its source gives the page.</summary>
    [Fact]
    public void What_is_resolved_can_be_had()
    {
        var (parts, slot) = NewSlot();
        PageLocation[] locations = [Resolve(slot, parts.Gfns.Start, PageKind.Shared), Resolve(slot, Last(parts.Gfns), PageKind.Private)];

        foreach (var location in locations)
        {
            var outcome = location.Source.GetPage(new(location.Index, location.Slot, Write: false), out var page);
            Assert.True(outcome.IsSuccess, $"{location} gave {outcome}");
            Assert.True(page.Cleared);
        }
    }

    /// <summary>A slot does not keep its file alive: when the file is gone so is the private side, even if its number names another file by then.</summary>
    [Fact]
    public void A_released_file_takes_the_private_side_with_it()
    {
        var (parts, slot) = NewSlot();
        var machine = parts.Vm.Machine;
        parts.File.Release();

        AssertRefuses(slot, Last(parts.Gfns), PageKind.Private);
        Assert.Equal(!FileServesShared, slot.Resolve(parts.Gfns.Start, PageKind.Shared, out _).IsSuccess);

        var other = machine.OpenFile(machine.CreateVm(new ContractTechnology()).Id, machine.CreateStore(BackingProperties.GuestMemfd, 1UL << 30, PageKind.Private));
        Assert.Equal(parts.File.Id, other.Id);
        AssertRefuses(slot, Last(parts.Gfns), PageKind.Private);
    }

    /// <summary>When a page of the shared side moves, exactly the frame in front of it must let go.</summary>
    [Fact]
    public void The_frame_in_front_of_a_shared_page_is_found()
    {
        var (parts, slot) = NewSlot();
        foreach (var (gfn, offset) in Lower(parts))
        {
            var found = Find(slot, parts.Process, new(parts.SharedPage + offset, 1));
            if (FileServesShared)
            {
                Assert.Empty(found.Except([gfn]));
            }
            else
            {
                Assert.Equal([gfn], found);
            }
        }
    }

    /// <summary>Of a longer run of pages every frame of the slot is found, and none outside it.</summary>
    [Fact]
    public void Frames_in_front_of_a_run_of_shared_pages_are_found_within_the_slot()
    {
        var (parts, slot) = NewSlot();
        var lower = Lower(parts).Select(at => at.Gfn).ToArray();

        var across = Find(slot, parts.Process, new(new(parts.SharedPage.Value - 2), parts.Gfns.Count + 4));
        var inside = Find(slot, parts.Process, new(parts.SharedPage + 1, 3));

        Assert.All(across, gfn => Assert.True(slot.Gfns.Contains(gfn), $"{gfn} is outside the slot."));
        Assert.Empty(inside.Except(lower[1..4]));
        if (!FileServesShared)
        {
            Assert.Empty(lower.Except(across));
            Assert.Equal(lower[1..4], inside);
        }

        Assert.Empty(Find(slot, parts.Process, new(parts.SharedPage + parts.Gfns.Count, 8)));
        Assert.Empty(Find(slot, parts.Process, new(default, 8)));
    }

    /// <summary>Another process's pages are nothing to this slot.</summary>
    [Fact]
    public void Nothing_is_found_in_front_of_another_source()
    {
        var (parts, slot) = NewSlot();
        var other = parts.Vm.Machine.CreateProcess();

        Assert.Empty(Find(slot, other, new(parts.SharedPage, parts.Gfns.Count)));
    }

    /// <summary>Frames are added to what other slots found before.</summary>
    [Fact]
    public void What_was_found_before_stays()
    {
        var (parts, slot) = NewSlot();
        List<GfnRange> found = [new(new(7), 1)];

        slot.FindShared(parts.Process, new(parts.SharedPage, 1), found);

        Assert.Equal(new(new(7), 1), found[0]);
    }

    /// <summary>Guest writes reach memory unless the slot is read-only.</summary>
    [Fact]
    public void A_write_fault_is_mapped_unless_the_slot_is_read_only()
    {
        var (parts, slot) = NewSlot();
        var verdict = new GuestFault(parts.Vm, parts.Gfns.Start, isWrite: true, PageKind.Shared).Run();

        Assert.Equal(ExpectsReadOnly, slot.IsReadOnly);
        Assert.Equal(ExpectsReadOnly ? FaultVerdict.ReadOnly : FaultVerdict.Mapped, verdict);
        new GuestFault(parts.Vm, parts.Gfns.Start, isWrite: false, PageKind.Shared).Run();
        Assert.True(parts.Vm.Mmu.TryTranslate(parts.Gfns.Start, out var translation));
        Assert.Equal(!ExpectsReadOnly, translation.Writable);
    }

    /// <summary>The slot answers alike whatever store its file views: it knows none by its properties.</summary>
    [Fact]
    public void The_slot_answers_alike_on_every_store()
    {
        var answers = Stores.Select(properties =>
        {
            var (parts, slot) = NewSlot(properties);
            return string.Join('\n', All(parts).Select(at => $"{Words(slot, at.Gfn, PageKind.Shared)} / {Words(slot, at.Gfn, PageKind.Private)}"));
        });

        Assert.Single(answers.Distinct());
    }

    private (MemslotParts Parts, IMemslot Slot) NewSlot(BackingProperties? properties = null)
    {
        var machine = new MachineFactory().Create();
        var process = machine.CreateProcess();
        var own = machine.CreateStore(BackingProperties.Anonymous, 1UL << 20);
        process.Map(new(new(0x7f00), 0x100), new(own.Id, default, HostRights.Read | HostRights.Write, IsShared: false, Holder: -1, IsLocked: false));
        var vm = machine.CreateVm(new ContractTechnology());
        var file = machine.OpenFile(vm.Id, machine.CreateStore(properties ?? BackingProperties.GuestMemfd, 1UL << 31, PageKind.Private));
        var parts = new MemslotParts(vm, new(new(0x250), 16), process, new(0x7f20), file, new(0x30));
        return (parts, CreateSlot(parts));
    }

    private static IEnumerable<(Gfn Gfn, ulong Offset)> All(MemslotParts parts)
    {
        for (var offset = 0UL; offset < parts.Gfns.Count; offset++)
        {
            yield return (parts.Gfns.Start + offset, offset);
        }
    }

    private static IEnumerable<(Gfn Gfn, ulong Offset)> Lower(MemslotParts parts) => All(parts).Where(at => at.Offset < parts.Gfns.Count / 2);

    private static IEnumerable<(Gfn Gfn, ulong Offset)> Upper(MemslotParts parts) => All(parts).Where(at => at.Offset >= parts.Gfns.Count / 2);

    private static Gfn Last(GfnRange gfns) => new(gfns.End.Value - 1);

    private static PageLocation Resolve(IMemslot slot, Gfn gfn, PageKind kind)
    {
        var outcome = slot.Resolve(gfn, kind, out var location);
        Assert.True(outcome.IsSuccess, $"{kind} {gfn} was refused: {outcome}");
        return location;
    }

    private static void AssertRefuses(IMemslot slot, Gfn gfn, PageKind kind)
    {
        try
        {
            var outcome = slot.Resolve(gfn, kind, out var location);
            Assert.False(outcome.IsSuccess, $"{kind} {gfn} resolves to {location}.");
        }
        catch (ArgumentException)
        {
            // Calling it the caller's mistake is as good as refusing.
        }
    }

    private static string Words(IMemslot slot, Gfn gfn, PageKind kind)
    {
        var outcome = slot.Resolve(gfn, kind, out var location);
        return outcome.IsSuccess ? $"{gfn} {kind} {location.Source.GetType().Name} {location}" : $"{gfn} {kind} {outcome}";
    }

    private static List<Gfn> Find(IMemslot slot, IPageSource source, PageIndexRange pages)
    {
        var found = new List<GfnRange>();
        slot.FindShared(source, pages, found);
        return [.. found.SelectMany(gfns => Enumerable.Range(0, (int)gfns.Count).Select(at => gfns.Start + (ulong)at)).Order()];
    }
}
