using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Tests;

/// <summary>A guest fault maps as large as slot, attributes, page and limit allow, and no larger. Source: guest-memfd, mixed attributes.</summary>
public sealed class LargeMappingTests
{
    private const ulong Pages = 4 * 512;

    private static readonly Gen<LargeCase> Cases =
        from shift in Gen.Elements(0UL, 0UL, 512UL, 1UL, 100UL)
        from start in Gen.Elements(0UL, 1UL, 511UL, 512UL, 600UL)
        from count in Gen.Choose(1, 3 * 512)
        from flips in Gen.ArrayOf(Gen.Choose(0, (int)Pages - 1).Select(page => (ulong)page)).Resize(6)
        from touched in Sequences.Below(Pages)
        from largest in Gen.Elements(PageSize.Size4K, PageSize.Size2M, PageSize.Size1G)
        from order in Gen.Elements(0, 9, 9, 9)
        select new LargeCase(shift, start, (ulong)count, flips, touched, largest, order);

    [Fact]
    public void A_private_leaf_is_as_large_as_everything_around_it_allows() =>
        Prop.ForAll(Arb.From(Cases), one =>
        {
            var world = Build(one, out var slot);
            if (!slot.Gfns.Contains(TestWorld.Gfn(one.Touched)))
            {
                return;
            }

            var touched = TestWorld.Gfn(one.Touched);
            world.Vm.SetAttributes(new(touched, 1), MemoryAttributes.Private);
            var fault = new GuestFault(world.Vm, touched, isWrite: true, PageKind.Private);

            Assert.Equal(FaultVerdict.Mapped, fault.Run());
            Assert.True(world.Vm.Mmu.TryTranslate(touched, out var translation));
            Assert.Equal(Expected(world, one, slot, touched), translation.Size);
            RequireAllPrepared(world, touched, translation);
            InvariantChecker.Sweep(world.Machine);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public void A_store_of_order_18_gives_a_1G_leaf_at_the_first_touch()
    {
        var world = Gigabyte(PageSize.Size1G);

        Assert.Equal(GuestAccess.Done(0), world.Read(77777));

        Assert.Equal(PageSize.Size1G, SizeAt(world, 5));
        Assert.Equal(1UL << 18, world.Store.HeldPages);
        Assert.Equal(GuestAccess.Done(0), world.Read(5));
    }

    [Fact]
    public void One_shared_page_in_a_gigabyte_leaves_2M_leaves_around_it()
    {
        var world = Gigabyte(PageSize.Size1G);
        world.Read(0);

        world.Convert(1000, 1, PageKind.Shared);
        Assert.False(world.Vm.Mmu.TryTranslate(TestWorld.Gfn(200000), out _));
        world.Read(0);
        world.Read(513);
        world.Read(200000);

        Assert.Equal([PageSize.Size2M, PageSize.Size4K, PageSize.Size2M], [SizeAt(world, 0), SizeAt(world, 513), SizeAt(world, 200000)]);
        world.Convert(1000, 1, PageKind.Private);
        world.Vm.Zap(world.Slot.Gfns, KindFilter.Both);
        world.Read(0);
        Assert.Equal(PageSize.Size1G, SizeAt(world, 0));
    }

    [Fact]
    public void The_machines_limit_is_never_passed()
    {
        var world = Gigabyte(PageSize.Size2M);
        world.Read(0);
        Assert.Equal(PageSize.Size2M, SizeAt(world, 0));
    }

    // The page was taken as part of 512; with one of them punched only the rest is the file's.
    [Fact]
    public void A_neighbour_punched_between_taking_and_preparing_has_the_fault_retried()
    {
        var world = TestWorld.Create(BackingProperties.GuestMemfd with { LargestOrder = 9 }, pages: 512);
        world.Convert(0, 512, PageKind.Private);
        var fault = new GuestFault(world.Vm, TestWorld.Gfn(7), isWrite: true, PageKind.Private);
        while (fault.Next != FaultStage.Prepare)
        {
            Assert.Equal(FaultVerdict.Continue, fault.Step());
        }

        world.Store.TryLookUp(new(100), out var punched);
        world.Store.Punch(TestWorld.Pages(100, 1));

        Assert.Equal(FaultVerdict.Retry, fault.Step());
        Assert.Equal(FrameOwner.Host, world.Machine.Ownership.LookUp(punched.Frame).Owner);
        Assert.Equal(GuestAccess.Done(0), world.Read(7));
        Assert.Equal(PageSize.Size4K, SizeAt(world, 7));
    }

    // A punched page ends the leaf over it; what is left of the large page is mapped small.
    [Fact]
    public void Punching_one_page_of_a_divisible_2M_page_leaves_small_leaves()
    {
        var world = TestWorld.Create(BackingProperties.GuestMemfd with { LargestOrder = 9 }, pages: 512);
        world.Convert(0, 512, PageKind.Private);
        world.Write(7, 77);
        Assert.Equal(PageSize.Size2M, SizeAt(world, 7));

        Assert.Equal(1UL, world.Store.Punch(TestWorld.Pages(100, 1)).Info);

        Assert.Equal(GuestAccess.Done(77), world.Read(7));
        Assert.Equal(GuestAccess.Done(0), world.Read(100));
        Assert.Equal([PageSize.Size4K, PageSize.Size4K], [SizeAt(world, 7), SizeAt(world, 100)]);
        InvariantChecker.Sweep(world.Machine);
    }

    [Fact]
    public void Where_writes_are_logged_leaves_are_small()
    {
        var world = TestWorld.Create(BackingProperties.GuestMemfd with { LargestOrder = 9 }, pages: 512);
        world.Vm.ChangeSlotFlags(world.Slot, MemslotFlags.GuestMemfd | MemslotFlags.LogDirtyPages);
        world.Convert(0, 512, PageKind.Private);

        Assert.Equal(GuestAccess.Done(), world.Write(7, 77));

        Assert.Equal(PageSize.Size4K, SizeAt(world, 7));
        Assert.True(world.Slot.IsDirty(7));
    }

    private static TestWorld Gigabyte(PageSize largest)
    {
        var world = TestWorld.Create(
            BackingProperties.GuestMemfd with { LargestOrder = 18 }, pages: 1UL << 18, configure: options => options.LargestMapping = largest);
        world.Convert(0, 1UL << 18, PageKind.Private);
        return world;
    }

    private static PageSize SizeAt(TestWorld world, ulong page) =>
        world.Vm.Mmu.TryTranslate(TestWorld.Gfn(page), out var translation) ? translation.Size : throw new InvalidOperationException($"{page} is not mapped");

    private static TestWorld Build(LargeCase one, out Memslot slot)
    {
        var world = TestWorld.Create(BackingProperties.GuestMemfd with { LargestOrder = one.Order }, Pages, options => options.LargestMapping = one.Largest);
        world.Vm.RemoveSlot(world.Slot);
        var gfns = TestWorld.Gfns(one.Start, Math.Min(one.Count, Pages - one.Start - one.Shift));
        var added = world.Vm.AddSlot(new(1, 0, gfns, MemslotFlags.GuestMemfd, 0, TestWorld.HostBase, world.File.Id, new(one.Start + one.Shift), FileServesShared: false), out slot);
        Assert.True(added.IsSuccess);
        world.Convert(0, Pages, PageKind.Private);
        foreach (var page in one.Flips)
        {
            world.Convert(page, 1, PageKind.Shared);
        }

        return world;
    }

    private static PageSize Expected(TestWorld world, LargeCase one, Memslot slot, Gfn touched)
    {
        var block = new GfnRange(touched.AlignDown(PageSize.Size2M), 512);
        var index = slot.Layout.FileStart + (touched - slot.Gfns.Start);
        var uniform = true;
        for (var gfn = block.Start; gfn < block.End; gfn += 1)
        {
            uniform &= world.Vm.Attributes.KindOf(gfn) == PageKind.Private;
        }

        var large = one.Order >= 9 && one.Largest >= PageSize.Size2M && slot.Gfns.Contains(block) && uniform
            && index.Value % 512 == touched.Value % 512;
        return large ? PageSize.Size2M : PageSize.Size4K;
    }

    private static void RequireAllPrepared(TestWorld world, Gfn touched, Translation translation)
    {
        var first = touched.AlignDown(translation.Size);
        for (var page = 0UL; page < translation.Size.FrameCount(); page++)
        {
            Assert.True(world.Vm.Mmu.TryTranslate(first + page, out var mapped));
            var entry = world.Machine.Ownership.LookUp(mapped.Frame);
            Assert.Equal((FrameOwner.Of(world.Vm.Id), first + page), (entry.Owner, entry.Gfn));
        }
    }

    private sealed record LargeCase(ulong Shift, ulong Start, ulong Count, ulong[] Flips, ulong Touched, PageSize Largest, int Order)
    {
        public override string ToString() => $"slot {Start}+{Count} at file page {Start + Shift}, shared [{string.Join(' ', Flips)}], touched {Touched}, {Largest}, order {Order}";
    }
}
