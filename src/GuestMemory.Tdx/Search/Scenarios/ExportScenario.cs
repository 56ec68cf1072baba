namespace GuestMemory.Tdx;

/// <summary>
/// TDs that are exported, in turn: one while it runs, with a page as it was, one blocked for writing, one exported; one that lost its key in the
/// middle; one whose export was given up, and that lost its key then.
/// </summary>
internal static class ExportScenario
{
    private const int PagesPerGuest = 3;
    private const ulong Plain = 0;
    private const ulong WriteBlocked = 0x1000;
    private const ulong Exported = 0x2000;
    private const ulong Free = 0x3000;

    public static TdxScenario Make(StepSystemOptions options)
    {
        var scenario = new TdxScenario(new SearchWorld(options.Rules));
        for (var guest = 0; guest < options.Guests; guest++)
        {
            Start(scenario.World, guest);
        }

        for (var guest = 0; guest < options.Guests; guest++)
        {
            AddSteps(scenario, guest);
        }

        return scenario;
    }

    private static void Start(SearchWorld world, int guest)
    {
        var (tdr, vcpu) = (SearchWorld.Tdr(guest), SearchWorld.Vcpu(guest, 0));
        world.RunTd(guest, [guest]);
        world.Expect(TdxFunction.VpEnter, new(vcpu), guest);
        for (var page = 0; page < PagesPerGuest; page++)
        {
            world.GiveAccepted(guest, (ulong)page << 12, SearchWorld.Page((guest * PagesPerGuest) + page), vcpu);
        }

        world.Expect(TdxFunction.ExportStateImmutable, new(tdr, R8: HostWords.Bundle));
        List(world, TdxFunction.ExportBlockw, guest, WriteBlocked);
        List(world, TdxFunction.ExportBlockw, guest, Exported);
        world.Expect(TdxFunction.MemTrack, new(tdr));
        world.Module.Exit(new Spa(vcpu).Frame);
        List(world, TdxFunction.ExportMem, guest, Exported);
        if (guest % 3 == 0)
        {
            world.Expect(TdxFunction.VpEnter, new(vcpu), guest);
            return;
        }

        if (guest % 3 == 2)
        {
            world.Expect(TdxFunction.ExportAbort, new(tdr));
        }

        world.BlockTd(guest);
    }

    private static void List(SearchWorld world, TdxFunction function, int guest, ulong gpa)
    {
        foreach (var word in HostWords.Entry(gpa))
        {
            world.Module.Memory.Contents.Write(new(word.At), 8, word.Value);
        }

        world.Expect(function, HostWords.List(guest));
        foreach (var word in HostWords.Entry(gpa))
        {
            world.Module.Memory.Contents.Write(new(word.At), 8, 0);
        }
    }

    private static void AddSteps(TdxScenario scenario, int guest)
    {
        var tdr = SearchWorld.Tdr(guest);
        foreach (var gpa in (ReadOnlySpan<ulong>)[Plain, WriteBlocked, Exported, Free])
        {
            foreach (var function in (ReadOnlySpan<TdxFunction>)[TdxFunction.ExportBlockw, TdxFunction.ExportMem, TdxFunction.ExportRestore])
            {
                scenario.Call(function, $"gpa=0x{gpa:x} td={guest}", HostWords.List(guest), words: HostWords.Entry(gpa));
            }

            scenario.Call(TdxFunction.ExportUnblockw, $"gpa=0x{gpa:x} td={guest}", new(gpa, tdr));
        }

        foreach (var function in (ReadOnlySpan<TdxFunction>)[TdxFunction.ExportPause, TdxFunction.ExportTrack, TdxFunction.ExportStateImmutable])
        {
            scenario.Call(function, $"td={guest}", new(tdr, R8: HostWords.Bundle));
        }

        scenario.Call(TdxFunction.ExportAbort, $"td={guest}", new(tdr));
        scenario.Call(TdxFunction.MemTrack, $"td={guest}", new(tdr));
        scenario.Run(guest, 0, processor: guest);
        scenario.Use(guest, 0, Plain);
        scenario.Use(guest, 0, Exported);
    }
}
