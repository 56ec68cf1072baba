namespace GuestMemory.Tdx;

/// <summary>A short way through the checks that functions for one Secure EPT entry begin with, from version to entry lock: all of them in one look, or none.</summary>
/// <remarks>The checks are the specification. It never refuses: where one of them might, they are asked.</remarks>
internal static class EntryShortWay
{
    // What the checks ask, taken from those of a function that is none.
    private static readonly Refuses<HostCall>[] s_plain = Array.ConvertAll<Check<HostCall, TdxAnswer>, Refuses<HostCall>>(
        [TdChecks.Version(""), .. TdChecks.Operand(""), .. TdChecks.Alive(""), .. TdChecks.OpState(""), .. SeptChecks.Entry("")], static check => check.Refuses);

    private static readonly Refuses<HostCall>[] s_flagged = [s_plain[0], TdChecks.Flags("").Refuses, .. s_plain[1..]];

    /// <summary>How many of a function's checks, from the first on, it stands for; 0 when they are others.</summary>
    public static int Covers(IReadOnlyList<Check<HostCall, TdxAnswer>> checks) =>
        BeginsWith(checks, s_plain) ? s_plain.Length : BeginsWith(checks, s_flagged) ? s_flagged.Length : 0;

    /// <summary>Whether none of them refuses; the call has then what they find, otherwise nothing.</summary>
    public static bool Passes(ref HostCall call)
    {
        if (FindTd(call) is not { Sept: { } tree } td || !IsOperandPlain(call, td, tree))
        {
            return false;
        }

        var place = tree.Walk(call.PageInfo.Gpa.Frame, call.PageInfo.Level);
        var entry = place.Entry;
        if (place.Level != call.PageInfo.Level || entry.IsLocked)
        {
            return false;
        }

        (call.Td, call.Place, call.Entry, call.HoldsEntry) = (td, place, entry.WithHostPriority(false), true);
        return true;
    }

    private static bool BeginsWith(IReadOnlyList<Check<HostCall, TdxAnswer>> checks, Refuses<HostCall>[] covered)
    {
        for (var index = 0; index < covered.Length; index++)
        {
            if (index >= checks.Count || checks[index].Refuses != covered[index])
            {
                return false;
            }
        }

        return true;
    }

    // A TD that lives and is in a state the function runs in, where nobody holds any lock.
    private static Td? FindTd(in HostCall call)
    {
        var (state, function, operand) = (call.State, call.Function, call.TdOperand);
        var isPlain = call.Version <= function.HighestVersion
            && (call.Registers.Rdx & call.FlagPadding & ~function.FlagBits) == 0
            && operand % 4096 == 0
            && operand >> state.Platform.HkidShift == 0
            && !state.Locks.Any
            && state.Pamt.IsKnown(new(operand >> 12));
        return isPlain && state.FindTd(new(operand >> 12)) is { IsFatal: false, Lifecycle: TdLifecycle.KeysConfigured } td
            && td.ControlPageList.Count >= Td.FewestControlPages && (function.OpStates & (1 << (int)td.OpState)) != 0 ? td : null;
    }

    private static bool IsOperandPlain(in HostCall call, Td td, SecureEpt tree) =>
        call.PageInfo.IsWellFormed(call.Function.LowestLevel, call.Function.HighestLevel ?? tree.RootLevel)
        && GuestAddresses.IsPrivate(td, call.PageInfo.Gpa.Value, call.State.Platform);
}
