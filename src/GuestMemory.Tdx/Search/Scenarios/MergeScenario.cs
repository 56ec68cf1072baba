namespace GuestMemory.Tdx;

/// <summary>512 pages in a row that could be one again; an odd guest's TD has lost its key meanwhile.</summary>
internal static class MergeScenario
{
    private const ulong Entry = 0x20_0001;

    public static TdxScenario Make(StepSystemOptions options)
    {
        var scenario = new TdxScenario(new SearchWorld(options.Rules));
        for (var guest = 0; guest < options.Guests; guest++)
        {
            var (world, vcpu, tdr) = (scenario.World, SearchWorld.Vcpu(guest, 0), SearchWorld.Tdr(guest));
            world.RunTd(guest, [guest]);
            world.Expect(TdxFunction.VpEnter, new(vcpu), guest);
            world.GiveAccepted(guest, Entry, SearchWorld.LargePage(guest), vcpu);
            world.Module.Exit(new Spa(vcpu).Frame);
            BlockAndTrack(world, tdr);
            world.Expect(TdxFunction.MemPageDemote, new(Entry, tdr, SearchWorld.Own(guest, 0x3c)));
            if (guest % 2 != 0)
            {
                BlockAndTrack(world, tdr);
                world.BlockTd(guest);
            }
        }

        for (var guest = 0; guest < options.Guests; guest++)
        {
            AddSteps(scenario, guest);
        }

        return scenario;
    }

    private static void BlockAndTrack(SearchWorld world, ulong tdr)
    {
        world.Expect(TdxFunction.MemRangeBlock, new(Entry, tdr));
        world.Expect(TdxFunction.MemTrack, new(tdr));
    }

    private static void AddSteps(TdxScenario scenario, int guest)
    {
        var tdr = SearchWorld.Tdr(guest);
        scenario.Call(TdxFunction.MemRangeBlock, $"gpa=0x200000 level=1 td={guest}", new(Entry, tdr));
        scenario.Call(TdxFunction.MemRangeUnblock, $"gpa=0x200000 level=1 td={guest}", new(Entry, tdr));
        scenario.Call(TdxFunction.MemPagePromote, $"gpa=0x200000 level=1 td={guest}", new(Entry, tdr));
        scenario.Call(TdxFunction.MemTrack, $"td={guest}", new(tdr));
        scenario.Run(guest, 0, processor: guest);
        scenario.Use(guest, 0, Entry - 1);
    }
}
