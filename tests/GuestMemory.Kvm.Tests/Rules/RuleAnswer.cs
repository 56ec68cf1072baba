namespace GuestMemory.Kvm.Tests.Rules;

/// <summary>What a caller sees of a case, and the rule that decided it.</summary>
/// <param name="Words">What the caller sees: an errno, an exit, or how the model stopped.</param>
/// <param name="DecidedBy">The rule.</param>
internal sealed record RuleAnswer(string Words, Rule? DecidedBy)
{
    public static implicit operator RuleAnswer(KvmResult result) => new(result.Errno.ToString(), result.DecidedBy);

    public static implicit operator RuleAnswer(VcpuExit exit) => new(exit.ToString(), exit.DecidedBy);

    /// <summary>Makes the call; where a switched-off check lets through what the model then stops at, that is the answer.</summary>
    public static RuleAnswer Of(Func<RuleAnswer> call)
    {
        try
        {
            return call();
        }
        catch (ModelInvariantException broken)
        {
            return new($"broken invariant {broken.Invariant}", null);
        }
        catch (OutsideModelException outside)
        {
            return new($"outside the model, {outside.Entry}", null);
        }
    }
}
