namespace GuestMemory.Testing;

/// <summary>One system tried with many sequences, or replayed with one.</summary>
/// <param name="walker">Who walks.</param>
/// <param name="arguments">How the system is made, and what must hold, as written in the test.</param>
internal sealed class StepTrial(StepWalker walker, string[] arguments)
{
    private readonly StepDrawer _drawer = new(walker);

    /// <summary>Draws, tries and shrinks.</summary>
    /// <param name="options">How many, how long, which.</param>
    /// <returns>The simplest sequence that breaks something; <see langword="null"/> when none does.</returns>
    public BrokenSequence? FirstBroken(SequenceOptions options) =>
        PropertyRun.FirstFailure(StepArbitraries.StepsOf(walker, _drawer), sequence => Try(sequence, options), options);

    /// <summary>What was seen.</summary>
    /// <param name="sequences">How many sequences there were.</param>
    public StepReport Report(int sequences) => new(sequences, walker.Steps, _drawer.Memory.States, [.. _drawer.Memory.Rules], [.. walker.Unshown]);

    /// <summary>Makes steps given in words; throws when something breaks.</summary>
    /// <param name="steps">The steps.</param>
    public void Replay(string[] steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        var made = new List<uint>(steps.Length);
        walker.Restart();
        var end = walker.LookAround() ? StepEnd.GoesOn : StepEnd.Breaks;
        for (var at = 0; at < steps.Length && end == StepEnd.GoesOn; at++)
        {
            var step = Find(steps[at], at);
            made.Add(step);
            end = walker.Make(step, out _);
        }

        if (end == StepEnd.Breaks)
        {
            throw new StepPropertyException(Broken(new(walker.System, [.. made]), SequenceOptions.Default));
        }
    }

    private BrokenSequence? Try(StepSequence sequence, SequenceOptions options)
    {
        var made = walker.Walk(sequence.Numbers);
        return walker.Break is null ? null : Broken(new(walker.System, made), options);
    }

    private BrokenSequence Broken(StepSequence sequence, SequenceOptions options)
    {
        var (name, says) = walker.Break!;
        return new(sequence, name, says, sequence.ToCode(CodeText.Name($"Keeps_{name}"), arguments), options);
    }

    private uint Find(string words, int at)
    {
        foreach (var step in walker.Offered())
        {
            if (walker.System.Describe(step) == words)
            {
                return step;
            }
        }

        throw new ArgumentException($"Step {at + 1}, \"{words}\", is not offered where it should be made.");
    }
}
