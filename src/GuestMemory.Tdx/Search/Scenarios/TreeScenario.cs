namespace GuestMemory.Tdx;

/// <summary>A TD's tree while its vCPU runs: a page, one that is blocked and tracked, a table that is, an empty one, and whatever could replace them.</summary>
internal static class TreeScenario
{
    private const ulong Blocked = 0x3000;
    private const ulong EmptyTable = 0x20_0001;
    private const ulong BlockedTable = 0x40_0001;
    private const ulong NoTable = 0x60_0001;
    private const int PagesPerGuest = 3;

    public static TdxScenario Make(StepSystemOptions options)
    {
        var scenario = new TdxScenario(new SearchWorld(options.Rules));
        for (var guest = 0; guest < options.Guests; guest++)
        {
            Start(scenario.World, guest);
        }

        for (var guest = 0; guest < options.Guests; guest++)
        {
            AddPages(scenario, guest, options);
            AddSteps(scenario, guest);
        }

        return scenario;
    }

    private static void Start(SearchWorld world, int guest)
    {
        var (tdr, vcpu, first) = (SearchWorld.Tdr(guest), SearchWorld.Vcpu(guest, 0), guest * PagesPerGuest);
        world.RunTd(guest, [guest]);
        world.Expect(TdxFunction.MemSeptAdd, new(BlockedTable, tdr, SearchWorld.Own(guest, 0x3d)));
        world.Expect(TdxFunction.MemPageAug, new(BlockedTable - 1, tdr, SearchWorld.Page(first + 2)));
        world.Expect(TdxFunction.MemRangeBlock, new(BlockedTable, tdr));
        world.Expect(TdxFunction.MemPageAug, new(Blocked, tdr, SearchWorld.Page(first)));
        world.Expect(TdxFunction.MemRangeBlock, new(Blocked, tdr));
        world.Expect(TdxFunction.MemTrack, new(tdr));
        world.Expect(TdxFunction.VpEnter, new(vcpu), guest);
        world.GiveAccepted(guest, 0, SearchWorld.Page(first + 1), vcpu);
        world.Expect(TdxFunction.MemSeptAdd, new(EmptyTable, tdr, SearchWorld.Own(guest, 0x3c)));
    }

    private static void AddPages(TdxScenario scenario, int guest, StepSystemOptions options)
    {
        var tdr = SearchWorld.Tdr(guest);
        foreach (var (name, page) in ScenarioPages.Given(guest, PagesPerGuest * options.Guests, options.Pages))
        {
            scenario.Call(TdxFunction.MemPageAug, $"gpa=0x1000 td={guest} page={name}", new(0x1000, tdr, page));
            scenario.Call(TdxFunction.MemPageRelocate, $"gpa=0x0 td={guest} page={name}", new(0, tdr, page));
            scenario.Call(TdxFunction.MemPageRelocate, $"gpa=0x3000 td={guest} page={name}", new(Blocked, tdr, page));
            scenario.Call(TdxFunction.MemSeptAdd, $"gpa=0x600000 level=1 td={guest} page={name}", new(NoTable, tdr, page));
        }

        var first = PagesPerGuest * options.Guests;
        scenario.Call(TdxFunction.MemPageAug, $"gpa=0x0 td={guest} page={first}", new(0, tdr, SearchWorld.Page(first)));
        scenario.Call(TdxFunction.MemSeptAdd, $"gpa=0x0 level=1 td={guest} page={first}", new(1, tdr, SearchWorld.Page(first)));
    }

    private static void AddSteps(TdxScenario scenario, int guest)
    {
        var tdr = SearchWorld.Tdr(guest);
        foreach (var (name, entry) in new[] { ("gpa=0x0", 0UL), ("gpa=0x1000", 0x1000UL), ("gpa=0x0 level=1", 1UL), ("gpa=0x200000 level=1", EmptyTable), ("gpa=0x400000 level=1", BlockedTable) })
        {
            scenario.Call(TdxFunction.MemRangeBlock, $"{name} td={guest}", new(entry, tdr));
            scenario.Call(TdxFunction.MemPageRemove, $"{name} td={guest}", new(entry, tdr));
        }

        foreach (var (name, entry) in new[] { ("gpa=0x0 level=1", 1UL), ("gpa=0x200000 level=1", EmptyTable), ("gpa=0x400000 level=1", BlockedTable) })
        {
            scenario.Call(TdxFunction.MemSeptRemove, $"{name} td={guest}", new(entry, tdr));
            scenario.Call(TdxFunction.MemPagePromote, $"{name} td={guest}", new(entry, tdr));
        }

        scenario.Call(TdxFunction.MemRangeUnblock, $"gpa=0x0 td={guest}", new(0, tdr));
        scenario.Call(TdxFunction.MemTrack, $"td={guest}", new(tdr));
        scenario.Run(guest, 0, processor: guest);
        scenario.Use(guest, 0, 0);
        scenario.Touch($"{(PagesPerGuest * guest) + 1}", SearchWorld.Page((PagesPerGuest * guest) + 1));
    }
}
