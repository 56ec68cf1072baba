namespace GuestMemory.Kvm.Tests.Races;

/// <summary>Every order in which several actors can take their steps, each actor's own in order.</summary>
internal static class Schedules
{
    /// <summary>The schedules: actor numbers, one a step.</summary>
    /// <param name="steps">How many steps each actor takes.</param>
    public static IEnumerable<int[]> Of(params int[] steps)
    {
        var schedule = new int[steps.Sum()];
        return From(0, (int[])steps.Clone(), schedule);
    }

    private static IEnumerable<int[]> From(int at, int[] left, int[] schedule)
    {
        if (at == schedule.Length)
        {
            yield return (int[])schedule.Clone();
            yield break;
        }

        for (var actor = 0; actor < left.Length; actor++)
        {
            if (left[actor] == 0)
            {
                continue;
            }

            left[actor]--;
            schedule[at] = actor;
            foreach (var rest in From(at + 1, left, schedule))
            {
                yield return rest;
            }

            left[actor]++;
        }
    }
}
