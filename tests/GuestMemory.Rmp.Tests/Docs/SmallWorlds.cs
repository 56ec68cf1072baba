namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>The worlds whose changes make states.md.</summary>
internal static class SmallWorlds
{
    public static IEnumerable<SmallWorld> All() => [InstructionWorld.Make(), CommandWorlds.Pages(), CommandWorlds.Contexts(), CommandWorlds.Blocks(), CommandWorlds.Beginnings()];
}
