namespace GuestMemory.Testing;

/// <summary>Replays the present case once more, to see a state that has passed.</summary>
internal static class CaseAgain
{
    /// <summary>What a system's state was before the operation it was given last. The system is in its present state again afterwards.</summary>
    /// <param name="system">The system, with the operation applied.</param>
    /// <param name="buffers">The lines of the case before the operation.</param>
    /// <param name="last">The operation.</param>
    public static string StateBefore(IReplaySystem system, ReplayBuffers buffers, in TraceLine last)
    {
        if (!buffers.Case.Complete)
        {
            return "(not known: the case is too long to be replayed once more)";
        }

        system.StartCase();
        var kept = buffers.Case.Operations;
        foreach (var place in kept.Split((byte)'\n'))
        {
            if (TraceLine.TryParse(kept[place], buffers.PlacesAgain, out var line, out _))
            {
                Apply(system, buffers, in line);
            }
        }

        var state = system.DescribeState();
        Apply(system, buffers, in last);
        return state;
    }

    private static void Apply(IReplaySystem system, ReplayBuffers buffers, in TraceLine line)
    {
        var ignored = new TraceOutcome(buffers.Answer);
        system.TryApply(line.Operation, line.Arguments, ref ignored);
    }
}
