namespace GuestMemory.Testing;

/// <summary>A machine small enough for its frames to run out and its nodes to matter. <see cref="Create"/> makes a new one each time.</summary>
/// <param name="Frames">Frames, at least 2; default of the generator: up to 2048.</param>
/// <param name="FramesPerNode">Frames of a NUMA node, at least 1.</param>
/// <param name="Adversarial">Frames are chosen where they do most harm; otherwise the lowest.</param>
/// <param name="CachesTranslations">vCPUs cache translations.</param>
/// <param name="LargestMapping">Largest leaf the MMUs make.</param>
/// <remarks>The default value is no machine: it has no frames.</remarks>
public readonly record struct SmallMachine(ulong Frames, ulong FramesPerNode, bool Adversarial, bool CachesTranslations, PageSize LargestMapping)
{
    /// <summary>Options of such a machine, not frozen yet.</summary>
    public MachineOptions ToOptions() => new()
    {
        Frames = Frames,
        FramesPerNode = FramesPerNode,
        FrameChoice = Adversarial ? GuestMemory.Adversarial.Instance : LowestFirst.Instance,
        CachesTranslations = CachesTranslations,
        LargestMapping = LargestMapping,
    };

    /// <summary>Makes such a machine.</summary>
    /// <param name="technologies">The kinds of VM it can run.</param>
    /// <exception cref="ArgumentException">A number is out of range, or two technologies claim one type number.</exception>
    public Machine Create(params IEnumerable<IGuestTechnology> technologies) => new MachineFactory(ToOptions(), technologies).Create();

    /// <summary>Its frames, nodes and habits in words.</summary>
    public override string ToString() =>
        $"{Frames} frames, {FramesPerNode} a node, {(Adversarial ? "adversarial" : "lowest first")}{(CachesTranslations ? ", cached translations" : "")}, leaves up to {LargestMapping}";
}
