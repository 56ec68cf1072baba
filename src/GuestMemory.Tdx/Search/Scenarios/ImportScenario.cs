namespace GuestMemory.Tdx;

/// <summary>TDs that are imported, in turn: one whose memory comes, one that lost its key meanwhile, one that lost it after the start token; and one that runs.</summary>
internal static class ImportScenario
{
    private const ulong Imported = 0x1000;

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

        return scenario;
    }

    private static void Start(SearchWorld world, int guest)
    {
        if (guest % 4 == 3)
        {
            world.RunTd(guest, [guest]);
            return;
        }

        var tdr = SearchWorld.Tdr(guest);
        world.CreateTd(guest);
        world.Expect(TdxFunction.ImportStateImmutable, new(tdr, R8: HostWords.Bundle));
        for (var level = SeptLevel.Pml4; level >= SeptLevel.Pd; level--)
        {
            world.Expect(TdxFunction.MemSeptAdd, new((ulong)level, tdr, SearchWorld.Table(guest, level)));
        }

        Made(world, TdxFunction.ImportMem, HostWords.Import(guest), HostWords.Entry(Imported, SearchWorld.Page(guest)));
        if (guest % 4 == 2)
        {
            Made(world, TdxFunction.ImportTrack, new(tdr, R8: HostWords.Bundle), HostWords.Token(MigrationSession.OutOfOrder));
        }

        if (guest % 4 != 0)
        {
            world.BlockTd(guest);
        }
    }

    private static void Made(SearchWorld world, TdxFunction function, in TdxRegisters registers, IReadOnlyList<HostWord> words)
    {
        foreach (var word in words)
        {
            world.Module.Memory.Contents.Write(new(word.At), 8, word.Value);
        }

        world.Expect(function, registers);
        foreach (var word in words)
        {
            world.Module.Memory.Contents.Write(new(word.At), 8, 0);
        }
    }

    private static void AddSteps(TdxScenario scenario, int guest, StepSystemOptions options)
    {
        var tdr = SearchWorld.Tdr(guest);
        foreach (var (name, page) in ScenarioPages.Given(guest, options.Guests, options.Pages))
        {
            scenario.Call(TdxFunction.ImportMem, $"gpa=0x0 td={guest} page={name}", HostWords.Import(guest), words: HostWords.Entry(0, page));
        }

        var free = SearchWorld.Page(options.Guests);
        scenario.Call(TdxFunction.ImportMem, $"gpa=0x1000 td={guest} page={options.Guests}", HostWords.Import(guest), words: HostWords.Entry(Imported, free));
        foreach (var (name, epoch) in new[] { ("1", 1U), ("last", MigrationSession.OutOfOrder) })
        {
            scenario.Call(TdxFunction.ImportTrack, $"td={guest} epoch={name}", new(tdr, R8: HostWords.Bundle), words: HostWords.Token(epoch));
        }

        foreach (var function in (ReadOnlySpan<TdxFunction>)[TdxFunction.ImportEnd, TdxFunction.ImportCommit, TdxFunction.ImportAbort])
        {
            scenario.Call(function, $"td={guest}", new(tdr, R8: HostWords.Bundle));
        }

        scenario.Call(TdxFunction.MngVpFlushDone, $"td={guest}", new(tdr));
    }
}
