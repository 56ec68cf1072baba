using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Testing;

/// <summary>Runs commands against an implementation and its model.</summary>
internal static class ModelSpec
{
    private const int MostInPairs = 8;

    /// <summary>Tries sequences of commands; throws the shortest after which the two differ.</summary>
    /// <param name="subject">What is tested: "a backing store".</param>
    /// <param name="commands">The commands.</param>
    /// <param name="start">A fresh implementation and a fresh model.</param>
    /// <param name="options">How many, how long, which.</param>
    public static void Check<TCommand>(string subject, Arbitrary<TCommand> commands, Func<ISpecRun<TCommand>> start, SequenceOptions? options)
        where TCommand : notnull
    {
        var chosen = (options ?? SequenceOptions.Default).Checked();
        var sequences = Arb.From(Gen.Sized(size => Gen.ArrayOf(commands.Generator, Math.Max(1, size))), sequence => Simpler(sequence, commands));
        if (PropertyRun.FirstFailure(sequences, sequence => FirstDifference(subject, sequence, start(), chosen), chosen) is { } differs)
        {
            throw differs;
        }
    }

    private static ModelSpecException? FirstDifference<TCommand>(string subject, TCommand[] sequence, ISpecRun<TCommand> run, SequenceOptions options)
        where TCommand : notnull
    {
        for (var at = 0; at < sequence.Length; at++)
        {
            if (Differs(run, sequence[at]) is { } difference)
            {
                return new(subject, [.. sequence.Take(at + 1).Select(command => command.ToString() ?? "")], difference, options);
            }
        }

        return null;
    }

    private static string? Differs<TCommand>(ISpecRun<TCommand> run, TCommand command)
    {
        try
        {
            return run.Apply(command);
        }
        catch (Exception thrown)
        {
            // No command here is a caller's mistake.
            return $"it threw {thrown.GetType().Name}: {thrown.Message}";
        }
    }

    private static TCommand[] With<TCommand>(TCommand[] sequence, int at, TCommand command) => [.. sequence.AsSpan(0, at), command, .. sequence.AsSpan(at + 1)];

    private static IEnumerable<TCommand[]> Simpler<TCommand>(TCommand[] sequence, Arbitrary<TCommand> commands)
    {
        foreach (var part in Shorter.Parts(sequence.Length))
        {
            yield return Shorter.Without(sequence, part);
        }

        for (var at = 0; at < sequence.Length; at++)
        {
            foreach (var simpler in commands.Shrinker(sequence[at]))
            {
                var changed = With(sequence, at, simpler);
                yield return changed;

                // Two that speak of one page get simpler together or not at all.
                for (var other = at + 1; other < sequence.Length && sequence.Length <= MostInPairs; other++)
                {
                    foreach (var otherSimpler in commands.Shrinker(sequence[other]))
                    {
                        yield return With(changed, other, otherSimpler);
                    }
                }
            }
        }
    }
}
