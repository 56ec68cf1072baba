namespace GuestMemory.Kvm;

/// <summary>What a call of the kernel's face returned. The default is success.</summary>
/// <param name="Errno">The error, or OK.</param>
/// <param name="DecidedBy">The rule that refused; <see langword="null"/> when nothing did.</param>
/// <param name="Value">What the call returns on success: a descriptor, a count, an address.</param>
public readonly record struct KvmResult(Errno Errno, Rule? DecidedBy = null, ulong Value = 0)
{
    /// <summary>Whether the call succeeded.</summary>
    public bool IsSuccess => Errno == Errno.OK;

    /// <summary>Success with a value.</summary>
    /// <param name="value">The value.</param>
    public static KvmResult Of(ulong value) => new(Errno.OK, null, value);

    /// <summary>The refusal of a check.</summary>
    /// <param name="check">The check.</param>
    public static KvmResult Refused<TCall>(Check<TCall, Errno> check)
        where TCall : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(check);
        return new(check.Answer, check);
    }

    /// <summary>A refusal of Core's, in Linux's numbers.</summary>
    /// <param name="outcome">Core's outcome.</param>
    /// <param name="errno">The errno this call gives for it.</param>
    public static KvmResult Refused(Outcome outcome, Errno errno) => new(errno, outcome.DecidedBy);

    /// <summary>As the outcome of a step.</summary>
    public Outcome ToOutcome() => new(Lane.Status, (ulong)Errno, Value, DecidedBy);

    /// <summary>The errno's name, and the rule in brackets.</summary>
    public override string ToString() => DecidedBy is null ? Errno.ToString() : $"{Errno} [{DecidedBy.Id}]";
}
