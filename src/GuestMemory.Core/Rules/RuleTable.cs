namespace GuestMemory;

/// <summary>A call's checks in the order the system makes them: the first that refuses decides.</summary>
/// <typeparam name="TCall">Everything the checks read.</typeparam>
/// <typeparam name="TAnswer">The system's own status type.</typeparam>
public sealed class RuleTable<TCall, TAnswer>
    where TCall : allows ref struct
{
    private readonly Check<TCall, TAnswer>[] _checks;

    /// <summary>Creates the table.</summary>
    /// <param name="checks">The checks, in order.</param>
    public RuleTable(params Check<TCall, TAnswer>[] checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        _checks = checks;
    }

    /// <summary>The checks, in order.</summary>
    public IReadOnlyList<Check<TCall, TAnswer>> Checks => _checks;

    /// <summary>The check that refuses the call, or <see langword="null"/> when none does.</summary>
    /// <param name="call">The call.</param>
    /// <param name="off">Which rules are switched off.</param>
    public Check<TCall, TAnswer>? Decide(ref TCall call, RuleSwitches off)
    {
        ArgumentNullException.ThrowIfNull(off);
        foreach (var check in _checks)
        {
            if (check.Refuses(ref call) && !off.IsOff(check))
            {
                return check;
            }
        }

        return null;
    }
}
