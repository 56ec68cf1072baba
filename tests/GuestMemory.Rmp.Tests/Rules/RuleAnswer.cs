namespace GuestMemory.Rmp.Tests.Rules;

/// <summary>What the caller was told, without the rule's name, and the rule.</summary>
internal readonly record struct RuleAnswer(string Words, string? DecidedBy)
{
    public static RuleAnswer Of(InstructionResult result) => new((result with { DecidedBy = null }).ToString(), result.DecidedBy?.Id);

    public static RuleAnswer Of(PvalidateResult result) => new((result with { DecidedBy = null }).ToString(), result.DecidedBy?.Id);

    public static RuleAnswer Of(RmpQueryResult result) => new((result with { DecidedBy = null }).ToString(), result.DecidedBy?.Id);

    public static RuleAnswer Of(RmpReadResult result) => new((result with { DecidedBy = null }).ToString(), result.DecidedBy?.Id);

    public static RuleAnswer Of(AccessVerdict verdict) => new((verdict with { DecidedBy = null }).ToString(), verdict.DecidedBy?.Id);
}
