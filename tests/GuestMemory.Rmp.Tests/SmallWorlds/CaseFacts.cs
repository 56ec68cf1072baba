namespace GuestMemory.Rmp.Tests.SmallWorlds;

/// <summary>What every instruction is held to in every case.</summary>
internal static class CaseFacts
{
    /// <summary>The fact that a case breaks; none when it breaks none.</summary>
    public static string? BrokenBy(SmallWorld world, in RmpEntry entry, byte[] before, bool changes)
    {
        if (!changes)
        {
            return before.AsSpan().SequenceEqual(world.Bytes()) ? null : "refused, it changed something";
        }

        if (entry.State != RmpPageState.Invalid
            && (world.Table.StateOf(SmallWorld.Head) == RmpPageState.Invalid || world.Table.StateOf(SmallWorld.Next) == RmpPageState.Invalid))
        {
            return "it leaves a page in no state";
        }

        return entry.Immutable && world.Table.Raw(SmallWorld.Head) != entry ? "it changed an immutable entry" : null;
    }
}
