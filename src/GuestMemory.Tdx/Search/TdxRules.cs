namespace GuestMemory.Tdx;

/// <summary>Every rule of TDX that can be switched off: the module's, by function, then the host's.</summary>
internal static class TdxRules
{
    /// <summary>All of them, each once.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        .. HostFunctionTable.All.SelectMany(static function => function.Checks.Checks.Concat<Rule>(function.LateChecks.Checks).Concat(function.EntryRules))
            .Append(TdhPhymemCacheWb.Interrupted)
            .Concat(GuestFunctionTable.All.SelectMany(static function => function.Checks.Checks.Concat<Rule>(function.LateRules)))
            .Concat(GuestAccessRules.All)
            .Concat(TdxCommandChecks.All.SelectMany(static table => table.Checks))
            .Concat(MapGpaChecks.Checks.Checks)
            .Concat(TdxHostRules.All)
            .Concat(TdxAccessRules.All)
            .Distinct(),
    ];
}
