namespace GuestMemory.Tdx;

/// <summary>TDs that begin: an odd one lacks its key on the second package and has come to its end already, the others lack a control page.</summary>
internal static class CreateScenario
{
    private const ulong HostHkid = 1;

    public static TdxScenario Make(StepSystemOptions options)
    {
        var scenario = new TdxScenario(new SearchWorld(options.Rules, packages: 2));
        for (var guest = 0; guest < options.Guests; guest++)
        {
            Start(scenario.World, guest);
            AddSteps(scenario, guest);
        }

        var used = SearchWorld.Own(0, 1);
        var freeHkid = SearchWorld.FirstHkid + (ulong)options.Guests;
        foreach (var (page, at, hkid) in new[]
        {
            ("0", SearchWorld.Page(0), freeHkid), ("used", used, freeHkid), ("outside", SearchWorld.Outside, freeHkid),
            ("0", SearchWorld.Page(0), SearchWorld.FirstHkid), ("0", SearchWorld.Page(0), HostHkid),
        })
        {
            scenario.Call(TdxFunction.MngCreate, $"page={page} hkid={hkid}", new(at, hkid));
        }

        Packages(scenario);
        return scenario;
    }

    /// <summary>CACHE.WB on every package.</summary>
    internal static void Packages(TdxScenario scenario)
    {
        for (var package = 0; package < scenario.World.Module.Platform.Packages; package++)
        {
            scenario.Call(TdxFunction.PhymemCacheWb, $"package={package}", default, package * scenario.World.Module.Platform.ProcessorsPerPackage);
        }
    }

    private static void Start(SearchWorld world, int guest)
    {
        if (guest % 2 == 0)
        {
            world.CreateTd(guest, Td.FewestControlPages - 1);
            return;
        }

        world.Expect(TdxFunction.MngCreate, new(SearchWorld.Tdr(guest), SearchWorld.FirstHkid + (ulong)guest));
        world.Expect(TdxFunction.MngKeyConfig, new(SearchWorld.Tdr(guest)));
        world.Expect(TdxFunction.MngVpFlushDone, new(SearchWorld.Tdr(guest)));
        world.Expect(TdxFunction.PhymemCacheWb, default);
    }

    private static void AddSteps(TdxScenario scenario, int guest)
    {
        var tdr = SearchWorld.Tdr(guest);
        foreach (var (name, page) in ScenarioPages.Given(guest, first: 1, count: 1))
        {
            scenario.Call(TdxFunction.MngAddcx, $"page={name} td={guest}", new(page, tdr));
        }

        scenario.Call(TdxFunction.MngAddcx, $"page=reserved td={guest}", new(SearchWorld.Reserved, tdr));
        for (var package = 0; package < scenario.World.Module.Platform.Packages; package++)
        {
            scenario.Call(TdxFunction.MngKeyConfig, $"td={guest} package={package}", new(tdr), package * scenario.World.Module.Platform.ProcessorsPerPackage);
        }

        scenario.Call(TdxFunction.MngInit, $"td={guest}", new(tdr, SearchWorld.Parameters), words: HostWords.Parameters());
        scenario.Call(TdxFunction.ImportStateImmutable, $"td={guest}", new(tdr, R8: HostWords.Bundle));
        scenario.Call(TdxFunction.MngVpFlushDone, $"td={guest}", new(tdr));
        scenario.Call(TdxFunction.MngKeyFreeid, $"td={guest}", new(tdr));
        scenario.Call(TdxFunction.PhymemPageReclaim, $"page=tdr td={guest}", new(tdr));
    }
}
