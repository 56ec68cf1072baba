using Xunit;

namespace GuestMemory.Tests;

/// <summary>The steps of a guest fault: what each answers, and what happens when something comes between them.</summary>
public sealed class GuestFaultTests
{
    // Architecture, the natural way through: sample, kind, page, prepare, map, each a step.
    [Fact]
    public void A_fault_makes_its_steps_in_order()
    {
        var world = Private();
        var fault = new GuestFault(world.Vm, TestWorld.Gfn(0), isWrite: true, PageKind.Private);
        var stages = new List<FaultStage>();
        FaultVerdict verdict;
        do
        {
            stages.Add(fault.Next);
            verdict = fault.Step();
        }
        while (verdict == FaultVerdict.Continue);

        Assert.Equal([FaultStage.Sample, FaultStage.CheckKind, FaultStage.TakePage, FaultStage.Prepare, FaultStage.Map], stages);
        Assert.Equal((FaultVerdict.Mapped, FaultStage.Over), (verdict, fault.Next));
        Assert.Throws<InvalidOperationException>(() => fault.Step());
    }

    // systems.md 1.2: access kind differs from the attribute, so the VMM is asked.
    [Fact]
    public void An_access_of_the_other_kind_asks_the_VMM()
    {
        var world = Private();

        Assert.Equal(FaultVerdict.WrongKind, Run(world, 0, PageKind.Shared));
        Assert.Equal(FaultVerdict.WrongKind, Run(world, 8, PageKind.Private));
    }

    [Fact]
    public void Without_a_slot_a_shared_access_is_a_device_and_a_private_one_has_no_page()
    {
        var world = Private();
        world.Convert(20, 1, PageKind.Private);

        Assert.Equal(FaultVerdict.NoSlot, Run(world, 30, PageKind.Shared));
        Assert.Equal(FaultVerdict.NoPage, Run(world, 20, PageKind.Private, out var why));
        Assert.Equal(CoreRules.NoBacking, why.DecidedBy);
    }

    [Fact]
    public void A_slot_without_a_file_has_no_private_page()
    {
        var world = Private();
        world.Vm.AddSlot(new(1, 0, TestWorld.Gfns(64, 4), MemslotFlags.None, 0, TestWorld.HostBase, -1, default, FileServesShared: false), out _);
        world.Convert(64, 4, PageKind.Private);

        Assert.Equal(FaultVerdict.NoPage, Run(world, 64, PageKind.Private, out var why));
        Assert.Equal(CoreRules.NoBacking, why.DecidedBy);
    }

    [Fact]
    public void A_write_to_a_read_only_slot_leaves_to_the_VMM_and_a_read_does_not()
    {
        var world = Private();
        world.Vm.AddSlot(new(1, 0, TestWorld.Gfns(64, 4), MemslotFlags.ReadOnly, 0, TestWorld.HostBase, -1, default, FileServesShared: false), out _);

        Assert.Equal(FaultVerdict.ReadOnly, Run(world, 64, PageKind.Shared, isWrite: true));
        Assert.Equal(FaultVerdict.Mapped, Run(world, 64, PageKind.Shared));
        Assert.True(world.Vm.Mmu.TryTranslate(TestWorld.Gfn(64), out var translation) && !translation.Writable);
    }

    [Fact]
    public void A_shared_page_the_process_does_not_map_is_a_host_fault()
    {
        var world = Private();
        world.Process.Unmap(TestWorld.HostPages(9, 1));

        Assert.Equal(FaultVerdict.HostFault, Run(world, 9, PageKind.Shared, out var why));
        Assert.Equal(CoreRules.BadAddress, why.DecidedBy);
    }

    [Fact]
    public void A_broken_page_signals_on_the_shared_side_and_exits_on_the_private_side()
    {
        var world = Private();
        world.Write(0, 1);
        world.Write(9, 1);
        world.Store.Poison(new(0));
        world.Process.MarkPoisoned(world.SharedStore.Id, new(9));

        Assert.Equal(FaultVerdict.NoPage, Run(world, 0, PageKind.Private, out var why));
        Assert.Equal(CoreRules.Poisoned, why.DecidedBy);
        Assert.Equal(FaultVerdict.HostPoisoned, Run(world, 9, PageKind.Shared, out why));
        Assert.Equal(CoreRules.Poisoned, why.DecidedBy);
    }

    [Fact]
    public void Without_frames_there_is_no_page()
    {
        var world = TestWorld.Create(configure: options => options.Frames = 3);
        world.Convert(0, 16, PageKind.Private);
        world.Write(0, 1);
        world.Write(1, 1);

        Assert.Equal(FaultVerdict.NoPage, Run(world, 2, PageKind.Private, out var why));
        Assert.Equal(CoreRules.OutOfFrames, why.DecidedBy);
    }

    // systems.md I5: a frame prepared for one guest is refused to another, whose view of the same inode would map it.
    [Fact]
    public void A_frame_prepared_for_another_guest_is_refused()
    {
        var world = Private();
        world.Write(0, 1);
        var second = world.Machine.CreateVm(world.Vm.Technology);
        var view = world.Machine.OpenFile(second.Id, world.Store);
        Assert.True(second.AddSlot(new(0, 0, TestWorld.Gfns(0, 16), MemslotFlags.GuestMemfd, 0, TestWorld.HostBase, view.Id, default, FileServesShared: false), out _).IsSuccess);
        second.SetAttributes(TestWorld.Gfns(0, 16), MemoryAttributes.Private);

        var fault = new GuestFault(second, TestWorld.Gfn(0), isWrite: false, PageKind.Private);

        Assert.Equal(FaultVerdict.Refused, fault.Run());
        Assert.Equal(CoreRules.WrongOwner, fault.Detail.DecidedBy);
    }

    [Fact]
    public void The_trees_own_answers_end_a_fault()
    {
        var world = Private();
        foreach (var (answer, verdict) in new[]
        {
            (MmuVerdict.Busy, FaultVerdict.Retry), (MmuVerdict.Retry, FaultVerdict.Retry), (MmuVerdict.GuestDead, FaultVerdict.GuestDead),
            (MmuVerdict.Refused, FaultVerdict.Refused), (MmuVerdict.Failed, FaultVerdict.Refused),
        })
        {
            world.Mmu.MapAnswers.Enqueue(answer);
            Assert.Equal(verdict, Run(world, 0, PageKind.Private));
        }

        Assert.Equal(FaultVerdict.Mapped, Run(world, 0, PageKind.Private));
    }

    [Fact]
    public void Nothing_is_mapped_for_a_dead_guest()
    {
        var world = Private();
        world.Mmu.UnmapAnswers.Enqueue(MmuVerdict.Failed);
        Assert.Equal(CoreRules.GuestDead, world.Convert(8, 1, PageKind.Private).DecidedBy);

        Assert.Equal(FaultVerdict.GuestDead, Run(world, 0, PageKind.Private));
    }

    // A technology that is busy is asked once more with the vCPUs kept out; busy again is a failure and kills the guest.
    [Fact]
    public void A_tree_busy_once_is_asked_again_and_busy_twice_kills()
    {
        var world = Private();
        world.Mmu.UnmapAnswers.Enqueue(MmuVerdict.Busy);
        world.Mmu.FlushAnswers.Enqueue(MmuVerdict.Busy);
        Assert.True(world.Convert(0, 1, PageKind.Shared).IsSuccess);
        Assert.False(world.Vm.IsDead);

        world.Mmu.FlushAnswers.Enqueue(MmuVerdict.Busy);
        world.Mmu.FlushAnswers.Enqueue(MmuVerdict.Busy);
        Assert.False(world.Convert(1, 1, PageKind.Shared).IsSuccess);
        Assert.True(world.Vm.IsDead);
        Assert.Equal(PageKind.Private, world.Vm.Attributes.KindOf(TestWorld.Gfn(1)));
    }

    // systems.md 1.3: whatever changes the page after the sample makes the fault start again or end; it is never mapped stale.
    [Fact]
    public void Whatever_comes_between_the_steps_no_stale_page_is_mapped()
    {
        var cases = 0;
        foreach (var (name, disturb) in Disturbances)
        {
            for (var before = 0; before < 5; before++)
            {
                var world = TestWorld.Create(BackingProperties.Restrictedmem);
                world.Convert(0, 8, PageKind.Private);
                world.Store.Allocate(TestWorld.Pages(0, 1));
                var fault = new GuestFault(world.Vm, TestWorld.Gfn(0), isWrite: true, PageKind.Private);
                for (var step = 0; step < before; step++)
                {
                    Assert.Equal(FaultVerdict.Continue, fault.Step());
                }

                disturb(world);
                var verdict = fault.Run();

                Assert.True(before == 0 || verdict != FaultVerdict.Mapped, $"{name} after {before} steps");
                InvariantChecker.Sweep(world.Machine);
                cases++;
            }
        }

        Assert.Equal(35, cases);
    }

    // What was prepared stays prepared when the map is retried, and preparing again is no change.
    [Fact]
    public void A_retried_fault_finds_its_page_prepared()
    {
        var world = Private();
        var fault = new GuestFault(world.Vm, TestWorld.Gfn(0), isWrite: false, PageKind.Private);
        for (var step = 0; step < 4; step++)
        {
            fault.Step();
        }

        world.Vm.SetAttributes(TestWorld.Gfns(9, 1), MemoryAttributes.Private);
        Assert.Equal(FaultVerdict.Retry, fault.Step());
        Assert.True(world.Store.TryLookUp(new(0), out var page) && page.Flags.HasFlag(StoredPageFlags.Prepared));
        Assert.Equal(FrameOwner.Of(world.Vm.Id), world.Machine.Ownership.LookUp(page.Frame).Owner);

        Assert.Equal(FaultVerdict.Mapped, Run(world, 0, PageKind.Private));
    }

    private static (string Name, Action<TestWorld> Disturb)[] Disturbances { get; } =
    [
        ("conversion to shared", world => world.Convert(0, 1, PageKind.Shared)),
        ("conversion and back", world =>
        {
            world.Convert(0, 1, PageKind.Shared);
            world.Convert(0, 1, PageKind.Private);
        }),
        ("punch", world => world.Store.Punch(TestWorld.Pages(0, 1))),
        ("move", world => Assert.True(world.Store.Move(new(0)).IsSuccess)),
        ("poison", world => world.Store.Poison(new(0))),
        ("slot removed", world => world.Vm.RemoveSlot(world.Slot)),
        ("file released", world => world.File.Release()),
    ];

    private static TestWorld Private()
    {
        var world = TestWorld.Create();
        world.Convert(0, 8, PageKind.Private);
        return world;
    }

    private static FaultVerdict Run(TestWorld world, ulong page, PageKind kind, bool isWrite = false)
    {
        var fault = new GuestFault(world.Vm, TestWorld.Gfn(page), isWrite, kind);
        return fault.Run();
    }

    private static FaultVerdict Run(TestWorld world, ulong page, PageKind kind, out Outcome why)
    {
        var fault = new GuestFault(world.Vm, TestWorld.Gfn(page), isWrite: false, kind);
        var verdict = fault.Run();
        why = fault.Detail;
        return verdict;
    }
}
