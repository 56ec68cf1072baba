namespace GuestMemory.Tdx;

/// <summary>TDH.MNG.INIT: configures a TD. Source: tdx-module, tdh_mng_init.c.</summary>
internal static class TdhMngInit
{
    private const string Name = "TDH.MNG.INIT";
    private const string SharedSource = "tdx-module, shared_hpa_check_with_pwr_2_alignment";
    private const ulong ParametersSize = 1024;
    private const int FewestBitsForFiveLevels = 49;
    private const ulong KnownAttributes = 1 | (7UL << 28) | (1UL << 63);
    private const ulong WriteBackType = 6;

    /// <summary>The function. RCX TD, RDX TD_PARAMS (<see cref="TdParameters"/>).</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MngInit, Name, Commit,
    [
        TdChecks.Version(Name),
        .. TdChecks.Operand(Name, TdxOperand.Rcx),
        .. TdChecks.Alive(Name),
        TdChecks.OpStateAllowed(Name, CheckClass.Security),
        new(Name + "/params-form", SharedSource, "parameters where none can lie", IsMisformed, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rdx)),
        new(Name + "/params-shared", SharedSource, "private memory read for the host", IsPrivate, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rdx), CheckClass.Integrity),
        new(Name + "/attributes", "tdx-module, verify_td_attributes", "attributes a TD cannot have", AreAttributesWrong, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Attributes)),
        new(Name + "/eptp", "tdx-module, verify_and_set_td_eptp_controls", "a tree that does not reach the TD's addresses", IsEptpWrong, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.EptpControls), CheckClass.Integrity),
    ])
    {
        TdRegister = TdxOperand.Rcx,
        TdExclusive = true,
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Td is not { ControlPages.Count: > Td.SeptRootPage } td)
        {
            return;
        }

        var parameters = Parameters(call);
        (td.IsWide, td.DisablesPendingVe, td.IsDebug) = (parameters.IsWide, parameters.DisablesPendingVe, parameters.IsDebug);
        td.Sept = new(td.ControlPages[Td.SeptRootPage], parameters.RootLevel);
        (td.Epoch, td.EvenReferences, td.OddReferences) = (1, 0, 0);
        (td.OpState, td.Measurement) = (TdxOpState.Initialized, 0);
    }

    private static TdParameters Parameters(in HostCall call) =>
        TdParameters.Read(call.State.Memory, new(call.Registers.Rdx & ~(ParametersSize - 1) & AddressMask(call)));

    private static bool IsMisformed(ref HostCall call) =>
        call.Registers.Rdx % ParametersSize != 0 || call.Registers.Rdx >> call.State.Platform.AddressBits != 0;

    private static bool IsPrivate(ref HostCall call)
    {
        var platform = call.State.Platform;
        return platform.SeamRange.Contains(new Spa(call.Registers.Rdx & AddressMask(call)).Frame)
            || call.Registers.Rdx >> platform.HkidShift >= platform.FirstPrivateHkid.Value;
    }

    private static bool AreAttributesWrong(ref HostCall call)
    {
        const ulong migratable = 1UL << 29, debugOrPerfmon = 1 | (1UL << 63);
        var attributes = Parameters(call).Attributes;
        return (attributes & ~KnownAttributes) != 0 || ((attributes & migratable) != 0 && (attributes & debugOrPerfmon) != 0);
    }

    private static bool IsEptpWrong(ref HostCall call)
    {
        var parameters = Parameters(call);
        return parameters.EptpControls >> 6 != 0
            || (parameters.EptpControls & 7) != WriteBackType
            || parameters.RootLevel is not (SeptLevel.Pml4 or SeptLevel.Pml5)
            || (parameters.RootLevel == SeptLevel.Pml5 && call.State.Platform.AddressBits < FewestBitsForFiveLevels)
            || (parameters.IsWide && parameters.RootLevel != SeptLevel.Pml5);
    }

    private static ulong AddressMask(in HostCall call) => (1UL << call.State.Platform.HkidShift) - 1;
}
