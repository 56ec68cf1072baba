namespace GuestMemory.Tdx;

/// <summary>TDs that end, in turn: one that lives, one whose key is going, one whose key is gone. Debug TDs, so that every function might work.</summary>
internal static class TeardownScenario
{
    private const int PagesPerGuest = 2;

    public static TdxScenario Make(StepSystemOptions options)
    {
        var scenario = new TdxScenario(new SearchWorld(options.Rules, packages: 2));
        for (var guest = 0; guest < options.Guests; guest++)
        {
            scenario.World.RunTd(guest, [guest], TdParameters.Of(isDebug: true));
            MemoryMoves.Prepare(scenario.World, guest, guest, guest * PagesPerGuest);
        }

        End(scenario.World, options.Guests);
        for (var guest = 0; guest < options.Guests; guest++)
        {
            AddSteps(scenario, guest, options.Guests);
        }

        CreateScenario.Packages(scenario);
        scenario.Call(TdxFunction.MngCreate, "page=free hkid=3", new(Free(options.Guests), SearchWorld.FirstHkid));
        return scenario;
    }

    private static void End(SearchWorld world, int guests)
    {
        for (var guest = 2; guest < guests; guest += 3)
        {
            world.BlockTd(guest);
            world.FreeKey(guest);
        }

        for (var guest = 1; guest < guests; guest += 3)
        {
            world.BlockTd(guest);
        }
    }

    private static void AddSteps(TdxScenario scenario, int guest, int guests)
    {
        var tdr = SearchWorld.Tdr(guest);
        if (guest % 3 == 1)
        {
            MemoryMoves.Add(scenario, guest, Free(guests));
        }

        scenario.Run(guest, 0, processor: guest);
        scenario.Call(TdxFunction.VpEnter, $"vcpu={guest}.0 processor={guests}", new(SearchWorld.Vcpu(guest, 0)), processor: guests);
        scenario.Call(TdxFunction.MngVpFlushDone, $"td={guest}", new(tdr));
        scenario.Call(TdxFunction.MngKeyFreeid, $"td={guest}", new(tdr));
        scenario.Call(TdxFunction.PhymemPageReclaim, $"page=vcpu td={guest}", new(SearchWorld.Vcpu(guest, 0)));
        scenario.Call(TdxFunction.PhymemPageReclaim, $"page=tdr td={guest}", new(tdr));
        if (guest % 3 == 0)
        {
            scenario.Use(guest, 0, 0);
        }
    }

    private static ulong Free(int guests) => SearchWorld.Page(guests * PagesPerGuest);
}
