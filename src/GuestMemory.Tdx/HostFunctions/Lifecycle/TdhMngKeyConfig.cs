namespace GuestMemory.Tdx;

/// <summary>TDH.MNG.KEY.CONFIG: makes the TD's key on the caller's package. Source: tdx-module, tdh_mng_key_config.c.</summary>
internal static class TdhMngKeyConfig
{
    private const string Name = "TDH.MNG.KEY.CONFIG";
    private const string Source = "tdx-module, tdh_mng_key_config.c";

    /// <summary>The function. RCX TD.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MngKeyConfig, Name, Commit,
    [
        TdChecks.Version(Name),
        .. TdChecks.Operand(Name, TdxOperand.Rcx),
        TdChecks.Fatal(Name),
        new(Name + "/lifecycle", Source, "a new key under memory in use", IsLifecycleWrong, TdxAnswer.Of(TdxStatusCode.LifecycleStateIncorrect), CheckClass.Security),
        new(Name + "/package", Source, "a second key on a package", IsConfigured, TdxAnswer.Of(TdxStatusCode.KeyConfigured), CheckClass.Integrity),
    ])
    {
        TdRegister = TdxOperand.Rcx,
        TdExclusive = true,
    };

    // The key is one for all packages here: which package made its own first makes no difference to what memory shows.
    private static void Commit(ref HostCall call)
    {
        if (call.Td is not { } td)
        {
            return;
        }

        if (td.ConfiguredPackages == 0 || td.Lifecycle != TdLifecycle.HkidAssigned)
        {
            call.State.Keys.MakeKey(td.Hkid);
        }

        td.ConfiguredPackages |= 1U << call.State.Platform.PackageOf(call.Processor);
        if (uint.PopCount(td.ConfiguredPackages) == (uint)call.State.Platform.Packages)
        {
            td.Lifecycle = TdLifecycle.KeysConfigured;
        }
    }

    private static bool IsLifecycleWrong(ref HostCall call) => call.Td is { Lifecycle: not TdLifecycle.HkidAssigned };

    private static bool IsConfigured(ref HostCall call) =>
        call.Td is { } td && (td.ConfiguredPackages >> call.State.Platform.PackageOf(call.Processor) & 1) != 0;
}
