namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>Every function that works on an entry, on every state, in every op state it runs in.</summary>
internal static class StateRuns
{
    private static readonly Lazy<IReadOnlyList<StateRun>> s_all = new(Run);

    public static IReadOnlyList<TdxFunction> Functions { get; } = [.. SeptTransitions.Functions.Order()];

    public static IReadOnlyList<StateRun> All => s_all.Value;

    private static IReadOnlyList<StateRun> Run() => [.. Functions.SelectMany(Of).Select(EntryWorld.Run)];

    private static IEnumerable<StateRun> Of(TdxFunction function) =>
        from opState in OpStatesOf(function)
        from level in LevelsOf(function)
        from state in Enum.GetValues<SeptEntryState>()
        where level != SeptLevel.Pt || !state.IsTable()
        from operation in OperationsOf(function)
        from isPending in new[] { false, true }
        select new StateRun(function, state, opState, level, operation, isPending);

    // A guest calls while its vCPU is inside.
    private static IEnumerable<TdxOpState> OpStatesOf(TdxFunction function) =>
        Enum.GetValues<TdxOpState>().Where(state => OpStates.Allows(EntryWorld.IsGuest(function) ? TdxFunction.VpEnter : function, state));

    private static SeptLevel[] LevelsOf(TdxFunction function)
    {
        var host = HostFunctionTable.Find(function);
        var highest = host is null ? GuestFunctionTable.Find(function)!.HighestLevel : host.HighestLevel ?? SeptLevel.Pml5;
        return [.. new[] { SeptLevel.Pt, SeptLevel.Pd }.Where(level => level >= (host?.LowestLevel ?? SeptLevel.Pt) && level <= highest)];
    }

    private static GpaListOperation[] OperationsOf(TdxFunction function) => EntryWorld.TakesList(function)
        ? [GpaListOperation.Migrate, GpaListOperation.Cancel, GpaListOperation.Remigrate]
        : [GpaListOperation.Migrate];
}
