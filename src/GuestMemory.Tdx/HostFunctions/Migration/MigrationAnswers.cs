namespace GuestMemory.Tdx;

/// <summary>What the functions with a GPA list leave in RAX and RCX.</summary>
internal static class MigrationAnswers
{
    /// <summary>However the call ends, RCX is a list: the one the caller gave where it was refused.</summary>
    public static TdxResult Finish(in HostCall call, in TdxResult result) =>
        result.Status.IsError && result.Rcx == 0 && Reports(call) ? result with { Rcx = call.Registers.Rcx } : result;

    /// <summary>The end of a list: how many entries were a problem, and the list from behind its last entry.</summary>
    public static TdxResult Done(in HostCall call, GpaListInfo list, uint problems, Rule? firstProblem) => Reports(call)
        ? new(new(problems), firstProblem, list.From(list.Last + 1).Raw)
        : new(default, firstProblem);

    private static bool Reports(in HostCall call) =>
        call.Function.Function != TdxFunction.ExportMem || call.State.Platform.Version.ExportMemReportsProblems;
}
