namespace GuestMemory.Tdx;

/// <summary>Pages of 2M: one accepted, one that waits for its guest and has bytes of the host's in it, one blocked and tracked. An interrupt may come.</summary>
internal static class LargeScenario
{
    private const ulong Pending = 0x20_0000;
    private const ulong Accepted = 0x40_0000;
    private const ulong Blocked = 0x60_0000;
    private const ulong Level = 1;
    private const ulong HostBytesAt = 0x5000;
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
            AddSteps(scenario, guest, options);
        }

        scenario.Interrupt();
        return scenario;
    }

    private static void Start(SearchWorld world, int guest)
    {
        var (vcpu, tdr, first) = (SearchWorld.Vcpu(guest, 0), SearchWorld.Tdr(guest), guest * PagesPerGuest);
        world.RunTd(guest, [guest]);
        world.Expect(TdxFunction.MemPageAug, new(Blocked | Level, tdr, SearchWorld.LargePage(first)));
        world.Expect(TdxFunction.MemRangeBlock, new(Blocked | Level, tdr));
        world.Expect(TdxFunction.MemTrack, new(tdr));
        world.Expect(TdxFunction.VpEnter, new(vcpu), guest);
        world.GiveAccepted(guest, Accepted | Level, SearchWorld.LargePage(first + 1), vcpu);
        world.Module.HostWrite(new(SearchWorld.LargePage(first + 2) + HostBytesAt), 8, 0xaa);
        world.Expect(TdxFunction.MemPageAug, new(Pending | Level, tdr, SearchWorld.LargePage(first + 2)));
    }

    private static void AddSteps(TdxScenario scenario, int guest, StepSystemOptions options)
    {
        var tdr = SearchWorld.Tdr(guest);
        foreach (var (name, page) in ScenarioPages.Given(guest, 0, options.Pages))
        {
            scenario.Call(TdxFunction.MemPageDemote, $"gpa=0x400000 level=1 td={guest} page={name}", new(Accepted | Level, tdr, page));
            scenario.Call(TdxFunction.MemPageDemote, $"gpa=0x600000 level=1 td={guest} page={name}", new(Blocked | Level, tdr, page));
        }

        foreach (var (name, entry) in new[] { ("gpa=0x200000 level=1", Pending | Level), ("gpa=0x400000 level=1", Accepted | Level) })
        {
            scenario.Call(TdxFunction.MemRangeBlock, $"{name} td={guest}", new(entry, tdr));
            scenario.Call(TdxFunction.MemRangeUnblock, $"{name} td={guest}", new(entry, tdr));
            scenario.Call(TdxFunction.MemPageRemove, $"{name} td={guest}", new(entry, tdr));
        }

        scenario.Call(TdxFunction.MemPagePromote, $"gpa=0x400000 level=1 td={guest}", new(Accepted | Level, tdr));
        scenario.Call(TdxFunction.MemTrack, $"td={guest}", new(tdr));
        scenario.Run(guest, 0, processor: guest);
        scenario.Use(guest, 0, Pending, SeptLevel.Pd, accesses: false);
        scenario.Use(guest, 0, Pending);
        scenario.Use(guest, 0, Accepted);
    }
}
