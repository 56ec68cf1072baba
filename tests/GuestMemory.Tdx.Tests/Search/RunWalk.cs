namespace GuestMemory.Tdx.Tests.Search;

/// <summary>A random walk through a system: any of the steps it offers, again and again.</summary>
internal sealed class RunWalk(IStepSystem system, ulong seed)
{
    private readonly Random _random = new((int)seed);
    private readonly List<uint> _steps = [];

    /// <summary>The next step of the walk, not made yet.</summary>
    public uint Next()
    {
        _steps.Clear();
        system.FindSteps(_steps);
        return _steps[_random.Next(_steps.Count)];
    }

    /// <summary>A number below a bound.</summary>
    public int Below(int bound) => _random.Next(bound);

    /// <summary>The system's state.</summary>
    public static byte[] StateOf(IStateful system)
    {
        var writer = new StateWriter([]);
        system.WriteState(ref writer);
        return writer.Written.ToArray();
    }

    /// <summary>Each part of the system's state.</summary>
    public static byte[][] PartsOf(IPartedState system) => [.. Enumerable.Range(0, system.Parts).Select(part =>
    {
        var writer = new StateWriter([]);
        system.WritePart(part, ref writer);
        return writer.Written.ToArray();
    })];
}
