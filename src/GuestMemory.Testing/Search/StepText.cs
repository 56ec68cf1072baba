namespace GuestMemory.Testing;

/// <summary>Steps in words: the actor and a colon where a system has actors, then the operation with its operands.</summary>
public static class StepText
{
    /// <summary>A step in words.</summary>
    /// <param name="system">The system, in a state that offers the step.</param>
    /// <param name="step">The step.</param>
    public static string Of(IStepSystem system, uint step)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system is IScheduledSystem scheduled ? $"{scheduled.Actors[scheduled.ActorOf(step)]}: {system.Describe(step)}" : system.Describe(step);
    }

    /// <summary>The steps a system offers in its present state.</summary>
    /// <param name="system">The system.</param>
    public static IReadOnlyList<string> Offered(IStepSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        var steps = new List<uint>();
        system.FindSteps(steps);
        return [.. steps.Select(step => Of(system, step))];
    }

    /// <summary>Finds an offered step by its words.</summary>
    /// <param name="system">The system.</param>
    /// <param name="words">The words.</param>
    /// <param name="step">The step.</param>
    public static bool TryFind(IStepSystem system, string words, out uint step)
    {
        ArgumentNullException.ThrowIfNull(system);
        var steps = new List<uint>();
        system.FindSteps(steps);
        foreach (var offered in steps)
        {
            step = offered;
            if (Of(system, offered) == words)
            {
                return true;
            }
        }

        step = 0;
        return false;
    }
}
