using GuestMemory;
using GuestMemory.Kvm;

/// <summary>What one technology answers to one step.</summary>
/// <param name="Text">The answer.</param>
/// <param name="DecidedBy">The rule that decided, where one did.</param>
internal readonly record struct Answer(string Text, Rule? DecidedBy = null)
{
    public static Answer Of(KvmResult result) => new(result.Errno.ToString(), result.DecidedBy);

    /// <summary>An answer of Core's own.</summary>
    public static Answer Of(in Outcome outcome) => new(outcome.IsSuccess ? "done" : $"{(CoreStatus)outcome.Code}", outcome.DecidedBy);

    /// <summary>The rules that decided, each once.</summary>
    public static string Rules(IReadOnlyList<Answer> answers)
    {
        var ids = answers.Where(answer => answer.DecidedBy is not null).Select(answer => answer.DecidedBy!.Id).Distinct().ToList();
        return ids.Count == 0 ? "" : $" [{string.Join(", ", ids)}]";
    }
}
