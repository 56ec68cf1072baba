using GuestMemory.Testing;

/// <summary>How far an attack is looked for.</summary>
internal static class AttackBounds
{
    public static SearchOptions Search { get; } = new() { Depth = 8, States = 2_000, Workers = Environment.ProcessorCount };
}
