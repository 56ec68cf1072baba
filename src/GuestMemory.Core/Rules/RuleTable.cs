namespace GuestMemory;

/// <summary>A call's checks in the order the system makes them: the first that refuses decides.</summary>
/// <typeparam name="TCall">Everything the checks read.</typeparam>
/// <typeparam name="TAnswer">The system's own status type.</typeparam>
public sealed class RuleTable<TCall, TAnswer>
    where TCall : allows ref struct
{
    private readonly Check<TCall, TAnswer>[] _checks;

    // The predicates beside each other: most calls run through all of them and need nothing else.
    private readonly Refuses<TCall>[] _predicates;

    /// <summary>Creates the table.</summary>
    /// <param name="checks">The checks, in order.</param>
    public RuleTable(params Check<TCall, TAnswer>[] checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        _checks = checks;
        _predicates = Array.ConvertAll(checks, static check => check.Refuses);
    }

    /// <summary>The checks, in order.</summary>
    public IReadOnlyList<Check<TCall, TAnswer>> Checks => _checks;

    /// <summary>The check that refuses the call, or <see langword="null"/> when none does.</summary>
    /// <param name="call">The call.</param>
    /// <param name="off">Which rules are switched off.</param>
    public Check<TCall, TAnswer>? Decide(ref TCall call, RuleSwitches off)
    {
        ArgumentNullException.ThrowIfNull(off);
        var predicates = _predicates;
        for (var at = 0; at < predicates.Length; at++)
        {
            if (predicates[at](ref call) && !off.IsOff(_checks[at]))
            {
                return _checks[at];
            }
        }

        return null;
    }
}
