namespace GuestMemory.Kvm;

/// <summary>What a search of software guests can start from.</summary>
internal static class SoftwareScenarios
{
    /// <summary>Whole calls, the default.</summary>
    public const string Calls = "calls";

    /// <summary>Faults, conversions, punches, files and slots at once.</summary>
    public const string Threads = "threads";

    /// <summary>Faults, conversions, punches, pins, moves and broken pages at once.</summary>
    public const string Moves = "moves";

    /// <summary>Slots, files and attributes with any arguments.</summary>
    public const string Regions = "regions";

    /// <summary>Files that a process maps, or tries to.</summary>
    public const string InPlace = "in-place";

    /// <summary>A VM that its owner lets go of.</summary>
    public const string LetGo = "let-go";

    /// <summary>One frame behind both kinds, and devices that pin it.</summary>
    public const string Devices = "devices";

    /// <summary>Slots of other makes.</summary>
    public const string Overlay = "overlay";

    /// <summary>Pages filled before launch, or at a bad moment.</summary>
    public const string Populate = "populate";

    /// <summary>Two guests' files over one store.</summary>
    public const string Inode = "inode";

    /// <summary>Large leaves.</summary>
    public const string Large = "large";

    /// <summary>A host kernel that reads any frame.</summary>
    public const string DirectMap = "direct-map";

    private static readonly (string Name, Func<string, StepSystemOptions, KernelProfile, IStepSystem> Create)[] s_all =
    [
        (Calls, static (name, options, profile) => new CallSystem(name, options, profile)),
        (Threads, static (name, options, profile) => new ThreadSystem(name, options, profile, moves: false)),
        (Moves, static (name, options, profile) => new ThreadSystem(name, options, profile, moves: true)),
        (Regions, static (name, options, profile) => new ActionSystem(name, new RegionWorld(options, profile))),
        (InPlace, static (name, options, profile) => new ActionSystem(name, new InPlaceWorld(options, profile))),
        (LetGo, static (name, options, profile) => new ActionSystem(name, new LetGoWorld(options, profile))),
        (Devices, static (name, options, _) => new ActionSystem(name, new DeviceWorld(options))),
        (Overlay, static (name, options, _) => new ActionSystem(name, new OverlayWorld(options))),
        (Populate, static (name, options, _) => new ActionSystem(name, new PopulateWorld(options))),
        (Inode, static (name, options, _) => new ActionSystem(name, new InodeWorld(options))),
        (Large, static (name, options, _) => new ActionSystem(name, new LargeWorld(options))),
        (DirectMap, static (name, options, _) => new ActionSystem(name, new KernelWorld(options))),
    ];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = Array.ConvertAll(s_all, static scenario => scenario.Name);

    /// <summary>Makes the system of a scenario.</summary>
    /// <exception cref="ArgumentException">There is no such scenario.</exception>
    public static IStepSystem Create(string name, StepSystemOptions options, KernelProfile profile)
    {
        var wanted = options.Scenario ?? Calls;
        foreach (var scenario in s_all)
        {
            if (scenario.Name == wanted)
            {
                return scenario.Create(name, options, profile);
            }
        }

        throw new ArgumentException($"{nameof(options.Scenario)} is {wanted}; it must be one of {string.Join(", ", Names)}.", nameof(options));
    }
}
