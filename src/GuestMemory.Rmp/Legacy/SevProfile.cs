namespace GuestMemory.Rmp;

/// <summary>A generation of AMD's technology, by what it has.</summary>
/// <remarks>Immutable; compared by reference. Sources: apm2, 15.34 to 15.36; snp-white-paper, table 1.</remarks>
public sealed class SevProfile
{
    private SevProfile(string name, bool protectsRegisters, bool hasRmp)
    {
        Name = name;
        ProtectsRegisters = protectsRegisters;
        HasRmp = hasRmp;
    }

    /// <summary>SEV: memory is encrypted, by guest and by place.</summary>
    public static SevProfile Sev { get; } = new("SEV", protectsRegisters: false, hasRmp: false);

    /// <summary>SEV-ES: registers are encrypted too.</summary>
    public static SevProfile SevEs { get; } = new("SEV-ES", protectsRegisters: true, hasRmp: false);

    /// <summary>SEV-SNP: the Reverse Map Table keeps memory whole besides.</summary>
    public static SevProfile SevSnp { get; } = new("SEV-SNP", protectsRegisters: true, hasRmp: true);

    /// <summary>All, oldest first.</summary>
    public static IReadOnlyList<SevProfile> All { get; } = [Sev, SevEs, SevSnp];

    /// <summary>The technology's name.</summary>
    public string Name { get; }

    /// <summary>Whether a stopped vCPU's registers lie in memory under the guest's key.</summary>
    public bool ProtectsRegisters { get; }

    /// <summary>Whether the RMP checks accesses.</summary>
    public bool HasRmp { get; }

    /// <summary>A platform for it: SNP is on where the profile has the RMP.</summary>
    /// <param name="coverage">Which frames have an entry; without the RMP nothing asks.</param>
    /// <param name="contents">The memory's bytes; <see langword="null"/> for a memory of its own.</param>
    public SnpPlatform CreatePlatform(RmpCoverage coverage, FrameContents? contents = null) => new(coverage, contents) { IsOn = HasRmp };

    /// <summary>The technology's name.</summary>
    public override string ToString() => Name;
}
