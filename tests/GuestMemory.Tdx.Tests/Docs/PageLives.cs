using GuestMemory.Tdx.Tests.Lifecycle;
using GuestMemory.Tdx.Tests.Migration;

namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>Lives that bring pages to every type and back, by calls.</summary>
internal static class PageLives
{
    private const ulong Tdr = TdxWorld.FirstTdmr;
    private const ulong Tables = Tdr + 0x20000;
    private const ulong Small = 0x40400000;
    private const ulong Large = 0x40600000;
    private const ulong Target = 0x40402000;
    private const ulong LargeGpa = 0x200001;
    private const ulong HugeGpa = 0x40000002;
    private const ulong Step = 0x200000;

    public static PageTypeWatch Watched()
    {
        var watch = new PageTypeWatch();
        Ordinary(watch);
        Huge(watch);
        Import(watch);
        Pairs(watch);
        return watch;
    }

    private static void Ordinary(PageTypeWatch watch)
    {
        var world = new TdxWorld();
        watch.Begin(world.Module);
        world.BuildTd(Tdr, finalize: false);
        AddTables(world, 0, SeptLevel.Pd);
        world.Expect(TdxFunction.MemPageAdd, 0x2000, Tdr, Small, 0x200000);
        world.Expect(TdxFunction.MrFinalize, Tdr);
        Blocked(world, TdxFunction.MemPageRelocate, 0x2000, Target);
        Blocked(world, TdxFunction.MemPageRemove, 0x2000);
        world.Expect(TdxFunction.MemPageAug, 0x2000, Tdr, Small);
        world.Expect(TdxFunction.MemPageAug, LargeGpa, Tdr, Large);
        Blocked(world, TdxFunction.MemPageDemote, LargeGpa, Target);
        Blocked(world, TdxFunction.MemPagePromote, LargeGpa);
        Blocked(world, TdxFunction.MemPageRemove, LargeGpa);
        world.Expect(TdxFunction.MemSeptAdd, LargeGpa, Tdr, Target);
        Blocked(world, TdxFunction.MemSeptRemove, LargeGpa);
        world.Expect(TdxFunction.MemPageAug, LargeGpa, Tdr, Large);
        End(world);
    }

    // Only a promotion makes a page of 1G.
    private static void Huge(PageTypeWatch watch)
    {
        var world = new TdxWorld();
        world.BuildTd(Tdr);
        AddTables(world, HugeGpa & ~7UL, SeptLevel.Pdpt);
        Fill(world);
        watch.Begin(world.Module);
        Blocked(world, TdxFunction.MemPagePromote, HugeGpa);
        Blocked(world, TdxFunction.MemPageDemote, HugeGpa, Target);
        Blocked(world, TdxFunction.MemPagePromote, HugeGpa);
        Blocked(world, TdxFunction.MemPageRemove, HugeGpa);
        world.Module.Observer = null;
        world.Expect(TdxFunction.MemSeptAdd, HugeGpa, Tdr, Target);
        Fill(world);
        watch.Begin(world.Module);
        Blocked(world, TdxFunction.MemPagePromote, HugeGpa);
        End(world);
    }

    private static void Import(PageTypeWatch watch)
    {
        var world = new MigrationWorld(TdxOpState.MemoryImport);
        watch.Begin(world.Module);
        world.SetWord(MigrationWorld.Buffers, 0, Small);
        world.One(TdxFunction.ImportMem, isPending: true);
        world.Td.MigrationEpoch++;
        world.One(TdxFunction.ImportMem, GpaListOperation.Remigrate, isPending: true);
        world.Td.MigrationEpoch++;
        world.One(TdxFunction.ImportMem, GpaListOperation.Cancel);
    }

    private static void Pairs(PageTypeWatch watch)
    {
        var world = new TdxWorld(LifecycleWorlds.Dynamic);
        watch.Begin(world.Module);
        world.Expect(TdxFunction.PhymemPamtAdd, Large | 1, Small, Target);
        world.Expect(TdxFunction.PhymemPamtRemove, Large | 1);
    }

    private static void AddTables(TdxWorld world, ulong gpa, SeptLevel lowest)
    {
        for (var level = SeptLevel.Pml4; level >= lowest; level--)
        {
            world.Expect(TdxFunction.MemSeptAdd, gpa & ~((level.FrameCount() << 12) - 1) | (ulong)level, Tdr, Tables + ((ulong)level << 12));
        }
    }

    private static void Fill(TdxWorld world)
    {
        for (var offset = 0UL; offset < PageSize.Size1G.Bytes(); offset += Step)
        {
            world.Expect(TdxFunction.MemPageAug, (HugeGpa & ~7UL) + offset + (ulong)SeptLevel.Pd, Tdr, TdxWorld.SecondTdmr + offset);
        }
    }

    private static void Blocked(TdxWorld world, TdxFunction function, ulong gpaAndLevel, ulong r8 = 0)
    {
        world.Expect(TdxFunction.MemRangeBlock, gpaAndLevel, Tdr);
        world.Expect(TdxFunction.MemTrack, Tdr);
        world.Expect(function, gpaAndLevel, Tdr, r8);
    }

    // The root page goes last.
    private static void End(TdxWorld world)
    {
        world.EndTd(Tdr);
        foreach (var run in world.Module.Pamt.Runs().Where(run => run.Entry.IsUsed).OrderBy(run => run.Entry.Type == PageType.Tdr).ToList())
        {
            world.Expect(TdxFunction.PhymemPageReclaim, run.Frame.Address.Value);
        }
    }
}
