namespace GuestMemory.Tdx;

/// <summary>Functions for a TD's memory, each where it would go through if the TD were alive.</summary>
internal static class MemoryMoves
{
    private const ulong Used = 0;
    private const ulong Blocked = 0x1000;
    private const ulong Free = 0x2000;
    private const ulong BlockedTable = 0x20_0001;
    private const ulong BlockedLarge = 0x40_0001;
    private const ulong NoTable = 0x60_0001;

    /// <summary>Gives a running TD what they need: a page, a blocked page, a blocked table and a blocked 2M page.</summary>
    /// <param name="world">Where.</param>
    /// <param name="guest">A TD with a vCPU, which is outside.</param>
    /// <param name="processor">The vCPU's processor.</param>
    /// <param name="first">Two pages from here on become the TD's.</param>
    public static void Prepare(SearchWorld world, int guest, int processor, int first)
    {
        var (tdr, vcpu) = (SearchWorld.Tdr(guest), SearchWorld.Vcpu(guest, 0));
        world.Expect(TdxFunction.VpEnter, new(vcpu), processor);
        world.GiveAccepted(guest, Used, SearchWorld.Page(first), vcpu);
        world.GiveAccepted(guest, Blocked, SearchWorld.Page(first + 1), vcpu);
        world.Module.Exit(new Spa(vcpu).Frame);
        world.Expect(TdxFunction.MemSeptAdd, new(BlockedTable, tdr, SearchWorld.Own(guest, 0x3c)));
        world.Expect(TdxFunction.MemPageAug, new(BlockedLarge, tdr, SearchWorld.LargePage(guest)));
        foreach (var entry in (ReadOnlySpan<ulong>)[Blocked, BlockedTable, BlockedLarge])
        {
            world.Expect(TdxFunction.MemRangeBlock, new(entry, tdr));
        }

        world.Expect(TdxFunction.MemTrack, new(tdr));
    }

    /// <summary>The calls.</summary>
    /// <param name="scenario">Where.</param>
    /// <param name="guest">The TD.</param>
    /// <param name="free">A free page.</param>
    public static void Add(TdxScenario scenario, int guest, ulong free)
    {
        var tdr = SearchWorld.Tdr(guest);
        scenario.Call(TdxFunction.MemPageAug, $"gpa=0x2000 td={guest}", new(Free, tdr, free));
        scenario.Call(TdxFunction.MemRangeBlock, $"gpa=0x0 td={guest}", new(Used, tdr));
        scenario.Call(TdxFunction.MemRangeUnblock, $"gpa=0x1000 td={guest}", new(Blocked, tdr));
        scenario.Call(TdxFunction.MemPageRemove, $"gpa=0x1000 td={guest}", new(Blocked, tdr));
        scenario.Call(TdxFunction.MemPageRelocate, $"gpa=0x1000 td={guest}", new(Blocked, tdr, free));
        scenario.Call(TdxFunction.MemTrack, $"td={guest}", new(tdr));
        scenario.Call(TdxFunction.MemSeptAdd, $"gpa=0x600000 level=1 td={guest}", new(NoTable, tdr, free));
        scenario.Call(TdxFunction.MemSeptRemove, $"gpa=0x200000 level=1 td={guest}", new(BlockedTable, tdr));
        scenario.Call(TdxFunction.MemPageDemote, $"gpa=0x400000 level=1 td={guest}", new(BlockedLarge, tdr, free));
        scenario.Call(TdxFunction.MemSeptRd, $"gpa=0x0 td={guest}", new(Used, tdr));
        scenario.Call(TdxFunction.MemRd, $"gpa=0x0 td={guest}", new(Used, tdr));
        scenario.Call(TdxFunction.MemWr, $"gpa=0x0 td={guest}", new(Used, tdr, 1));
        scenario.Call(TdxFunction.ExportStateImmutable, $"td={guest}", new(tdr, R8: HostWords.Bundle));
    }
}
