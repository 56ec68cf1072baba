namespace GuestMemory.Tdx;

/// <summary>How a host with TDX is built and run. A value; the defaults are Linux's ways on a machine whose memory is all the module's.</summary>
public sealed record TdxHostOptions
{
    /// <summary>The defaults.</summary>
    public static TdxHostOptions Default { get; } = new();

    /// <summary>The platform. Default, <see langword="null"/>: one TDMR over the machine's memory, the PAMT at its end.</summary>
    public TdxPlatform? Platform { get; init; }

    /// <summary>The module's version, where <see cref="Platform"/> is not given. Default 1.5.01.</summary>
    public TdxModuleVersion Version { get; init; } = TdxModuleVersion.V1Dot5Dot01;

    /// <summary>Policies Linux does not have. Default: none.</summary>
    public HypotheticalHost Hypothetical { get; init; } = HypotheticalHost.None;

    /// <summary>Checks the values.</summary>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">A value is missing, or the host cannot drive it; the message names it.</exception>
    public TdxHostOptions Validated()
    {
        Require(Version is not null, $"{nameof(Version)} is missing.");
        Require(Hypothetical is not null, $"{nameof(Hypothetical)} is missing.");
        Require(!(Platform?.Version ?? Version!).HasDynamicPamt, $"{nameof(Version)} has a Dynamic PAMT; this host gives the module no page pairs.");
        return this;
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new ArgumentException(message);
        }
    }
}
