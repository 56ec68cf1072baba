namespace GuestMemory.Tdx;

/// <summary>The checks functions that take a GPA list begin with. Source: tdx-module, check_and_map_gpa_list.</summary>
internal static class GpaListChecks
{
    private const string Source = "tdx-module, check_and_map_gpa_list";

    /// <summary>TD, its life and op state, the tree's lock, the list.</summary>
    public static Check<HostCall, TdxAnswer>[] Of(string function, CheckClass opState = CheckClass.Integrity) =>
    [
        TdChecks.Version(function),
        .. TdChecks.Operand(function),
        .. TdChecks.Alive(function),
        .. TdChecks.OpState(function, opState),
        SeptChecks.Tree(function),
        new(function + "/list-form", Source, "a list of another form, or one that ends before it begins", IsMisformed, Invalid),
        new(function + "/list-shared", Source, "a list in private memory, or in the module's own", IsNotShared, Invalid, CheckClass.Integrity),
    ];

    /// <summary>A list that is not resumed begins at its beginning. R10 bit 63 says that it is; whether it was interrupted there is part of the stream (MB-70).</summary>
    public static Check<HostCall, TdxAnswer> Start(string function) =>
        new(function + "/list-start", "tdx-module, handle_new_command", "a new bundle that begins in the middle", StartsLate, Invalid);

    private static TdxAnswer Invalid => TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx);

    private static bool IsMisformed(ref HostCall call) => !new GpaListInfo(call.Registers.Rcx).IsWellFormed;

    private static bool IsNotShared(ref HostCall call) =>
        !SharedPages.Allows(call.State.Platform, new GpaListInfo(call.Registers.Rcx).Page.Value, PageSize.Size4K.Bytes());

    private static bool StartsLate(ref HostCall call) => call.Registers.R10 >> 63 == 0 && new GpaListInfo(call.Registers.Rcx).First != 0;
}
