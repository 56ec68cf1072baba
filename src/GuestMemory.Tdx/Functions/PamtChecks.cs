namespace GuestMemory.Tdx;

/// <summary>The checks of modules with Dynamic PAMT. Source: tdx-module-2, non_shared_hpa_metadata_check_and_lock.</summary>
internal static class PamtChecks
{
    private const string Source = "tdx-module-2, non_shared_hpa_metadata_check_and_lock";

    /// <summary>The 2M range of the page in a register has the pair that holds its 4K entries. Stands before the check of the page's type.</summary>
    public static Check<HostCall, TdxAnswer> HasPagePair(string function, TdxOperand operand, Refuses<HostCall> lacksPair) =>
        new($"{function}/page-pair", Source, "a page without metadata", lacksPair, TdxAnswer.Of(TdxStatusCode.MissingPamtPagePair, operand), CheckClass.Integrity);

    /// <summary>Whether a page cannot be used for want of a pair.</summary>
    public static bool IsMissing(in HostCall call, ulong operand) => call.State.PamtPairs.IsMissing(new Spa(operand).Frame);

    /// <summary>Splitting and merging 2M pages takes and gives a page pair with Dynamic PAMT, in operands no source at hand names.</summary>
    public static void RequireStatic(in HostCall call, string function)
    {
        if (call.State.Platform.Version.HasDynamicPamt && call.Place.Level == SeptLevel.Pd)
        {
            throw new OutsideModelException("MB-63", $"{function} at 2M on a module with Dynamic PAMT");
        }
    }
}
