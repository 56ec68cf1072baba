namespace GuestMemory.Tdx;

/// <summary>TDs being built: a page added, one vCPU ready, one not initialised, one without its last page.</summary>
internal static class BuildScenario
{
    private const ulong NextTable = 0x20_0001;

    public static TdxScenario Make(StepSystemOptions options)
    {
        var scenario = new TdxScenario(new SearchWorld(options.Rules));
        for (var guest = 0; guest < options.Guests; guest++)
        {
            var world = scenario.World;
            world.BuildTd(guest, [guest]);
            world.AddVcpu(guest, 1);
            world.AddVcpu(guest, 2, TdVcpu.FewestControlPages - 1);
            world.Expect(TdxFunction.MemPageAdd, new(0, SearchWorld.Tdr(guest), SearchWorld.Page(guest), SearchWorld.Source));
        }

        for (var guest = 0; guest < options.Guests; guest++)
        {
            AddSteps(scenario, guest, options);
        }

        return scenario;
    }

    private static void AddSteps(TdxScenario scenario, int guest, StepSystemOptions options)
    {
        var tdr = SearchWorld.Tdr(guest);
        scenario.Run(guest, 0, processor: guest);
        scenario.Use(guest, 0, 0);
        scenario.Call(TdxFunction.MemPageRemove, $"gpa=0x0 td={guest}", new(0, tdr));
        foreach (var (name, page) in ScenarioPages.Given(guest, options.Guests, options.Pages))
        {
            scenario.Call(TdxFunction.MemPageAdd, $"gpa=0x1000 td={guest} page={name}", new(0x1000, tdr, page, SearchWorld.Source));
            scenario.Call(TdxFunction.MemSeptAdd, $"gpa=0x200000 level=1 td={guest} page={name}", new(NextTable, tdr, page));
            scenario.Call(TdxFunction.VpCreate, $"page={name} td={guest}", new(page, tdr));
            scenario.Call(TdxFunction.VpAddcx, $"page={name} vcpu={guest}.2", new(page, SearchWorld.Vcpu(guest, 2)));
        }

        var free = SearchWorld.Page(options.Guests);
        scenario.Call(TdxFunction.MemPageAdd, $"gpa=0x0 td={guest} page={options.Guests}", new(0, tdr, free, SearchWorld.Source));
        scenario.Call(TdxFunction.MemSeptAdd, $"gpa=0x0 level=1 td={guest} page={options.Guests}", new(1, tdr, free));
        scenario.Call(TdxFunction.MrExtend, $"gpa=0x0 td={guest}", new(0, tdr));
        scenario.Call(TdxFunction.MrFinalize, $"td={guest}", new(tdr));
        scenario.Call(TdxFunction.MngInit, $"td={guest}", new(tdr, SearchWorld.Parameters), words: HostWords.Parameters());
        scenario.Call(TdxFunction.ImportStateImmutable, $"td={guest}", new(tdr, R8: HostWords.Bundle));
        scenario.Call(TdxFunction.VpInit, $"vcpu={guest}.1", new(SearchWorld.Vcpu(guest, 1)), processor: options.Guests + guest);
        scenario.Call(TdxFunction.MngVpFlushDone, $"td={guest}", new(tdr));
    }
}
