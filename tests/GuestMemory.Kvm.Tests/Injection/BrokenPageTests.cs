using Xunit;

namespace GuestMemory.Kvm.Tests.Injection;

/// <summary>Pages that break: any page in use, before a call and between the steps of what is not one step.</summary>
public sealed class BrokenPageTests
{
    private static readonly Gfn s_gfn = new(World.At >> 12);

    public static TheoryData<string> Names => [.. KvmOperations.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_call_that_meets_a_broken_page_is_done_or_says_so_and_breaks_nothing(string name)
    {
        var operation = KvmOperations.All[name];
        foreach (var (store, page) in PagesOf(operation.Make(new Testing.PlannedFaults())))
        {
            var world = operation.Make(new Testing.PlannedFaults());
            Break(world, store, page);

            var outcome = operation.Operate(world);

            Assert.Empty(world.Broken());
            Assert.True(outcome.IsSuccess || Says(outcome), $"{name} with page {page} of store {store} broken: {outcome}");
        }
    }

    // guest-memfd, memory failure: the sample of before is old, whichever step the page breaks after.
    [Theory]
    [InlineData(FaultStage.Prepare)]
    [InlineData(FaultStage.Map)]
    public void A_page_that_breaks_between_the_steps_of_a_fault_is_mapped_for_nobody(FaultStage next)
    {
        var world = Private();
        var fault = new GuestFault(world.Guest, s_gfn, isWrite: true, PageKind.Private);
        while (fault.Next < next)
        {
            Assert.Equal(FaultVerdict.Continue, fault.Step());
        }

        Break(world, world.Backing(world.Find(OpenFileKind.GuestMemfd, 0)).Store.Id, 0);

        Assert.Equal(FaultVerdict.Retry, fault.Run());
        Assert.False(world.Guest.TryTranslate(0, s_gfn, isWrite: false, out _));
        Assert.Equal(Errno.EHWPOISON, world.Store(World.At, 1).Errno);
        Assert.Empty(world.Broken());
    }

    [Fact]
    public void A_page_that_breaks_while_a_conversion_runs_stays_broken_and_the_conversion_is_made()
    {
        var world = Private();
        world.Store(World.At, 1);

        Assert.True(world.Guest.BeginConversion(new(s_gfn, 1)).IsDone);
        Break(world, world.Backing(world.Find(OpenFileKind.GuestMemfd, 0)).Store.Id, 0);
        Assert.True(world.Guest.StoreAttributes(new(s_gfn, 1), MemoryAttributes.None).IsSuccess);
        world.Guest.EndConversion(new(s_gfn, 1));

        Assert.Equal(ExitReason.Hlt, world.Load(World.At).Reason);
        world.Convert(World.At, World.Page);
        Assert.Equal(Errno.EHWPOISON, world.Load(World.At).Errno);
        Assert.Empty(world.Broken());
    }

    [Fact]
    public void A_page_that_breaks_while_it_is_freed_never_returns_to_the_pool()
    {
        var world = Private();
        world.Store(World.At, 1);
        var store = world.Backing(world.Find(OpenFileKind.GuestMemfd, 0)).Store;
        store.TryLookUp(default, out var stored);

        var scope = store.BeginInvalidate(new(default, 1), KindFilter.Both);
        Break(world, store.Id, 0);
        Assert.True(store.Free(scope).IsSuccess);
        store.EndInvalidate(scope);

        Assert.Equal(FrameState.Poisoned, world.Machine.Frames[stored.Frame]);
        Assert.Equal(ExitReason.Hlt, world.Load(World.At).Reason);
        Assert.Empty(world.Broken());
    }

    private static World Private()
    {
        var world = new World();
        world.FileSlot();
        world.Convert(World.At, World.SlotSize);
        return world;
    }

    private static void Break(World world, int store, ulong page)
    {
        world.Kvm.Process.MarkPoisoned(store, new(page));
        Assert.True(world.Machine.Store(store).Poison(new(page)).IsSuccess);
    }

    private static List<(int Store, ulong Page)> PagesOf(World world)
    {
        var pages = new List<(int, ulong)>();
        foreach (var store in world.Machine.Stores)
        {
            foreach (var run in store.Pages)
            {
                pages.AddRange(Enumerable.Range(0, (int)run.Length).Select(page => (store.Id, run.Start + (ulong)page)));
            }
        }

        return pages;
    }

    // A signal of the process's own access, EHWPOISON, or the call's word for it.
    private static bool Says(Outcome outcome) =>
        outcome.Code is (ulong)HostFault.Poisoned or (ulong)Errno.EHWPOISON or (ulong)Errno.EINTR or (ulong)Errno.EFAULT || outcome.DecidedBy == CoreRules.Poisoned;
}
