namespace GuestMemory.Rmp;

/// <summary>How a host with SEV-SNP is built and run. A value; the defaults are Linux's ways on a machine whose table covers all of it.</summary>
public sealed record SnpHostOptions
{
    /// <summary>The defaults.</summary>
    public static SnpHostOptions Default { get; } = new();

    /// <summary>Which frames have an entry. Default, <see langword="null"/>: all of them, and the table lies at the machine's end.</summary>
    public RmpCoverage? Coverage { get; init; }

    /// <summary>The open points of the documents.</summary>
    public SnpSwitches Switches { get; init; } = SnpSwitches.Default;

    /// <summary>What becomes of a page that cannot be taken back. Default: what Linux does.</summary>
    public ReclaimFailure ReclaimFailure { get; init; } = ReclaimFailure.Linux;

    /// <summary>What the kernel does with its direct map when pages change sides. Default: what Linux merged, a split before an update of 4K.</summary>
    public DirectMapPolicy DirectMapPolicy { get; init; } = DirectMapPolicies.SplitOnSmallUpdate;

    /// <summary>Save areas and the firmware's pages never begin a 2M block, as Linux places them against the erratum. Default: yes.</summary>
    public bool AvoidsLargeBoundaries { get; init; } = true;

    /// <summary>ASIDs for guests, 1 to this number. Default 15.</summary>
    public int Asids { get; init; } = 15;

    /// <summary>How often an instruction is tried again while another processor has the entry, at least 1. Default 8; Linux tries for ever.</summary>
    public int Attempts { get; init; } = 8;

    /// <summary>Checks the values.</summary>
    /// <returns>The same value.</returns>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public SnpHostOptions Validated()
    {
        _ = Switches.Validated();
        return (Asids, Attempts) switch
        {
            ( < 1 or > 1023, _) => throw new ArgumentException($"{nameof(Asids)} is {Asids}; it must be 1 to 1023."),
            (_, < 1) => throw new ArgumentException($"{nameof(Attempts)} is {Attempts}; it must be at least 1."),
            _ => this,
        };
    }
}
