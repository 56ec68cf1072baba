namespace GuestMemory.Tdx;

/// <summary>What a host could do with the module that Linux does not do: each policy a switch, all off by default.</summary>
public sealed record HypotheticalHost
{
    /// <summary>Nothing Linux would not do.</summary>
    public static HypotheticalHost None { get; } = new();

    /// <summary>Gives pages of 2M where frames, slot and attributes allow (AUG at 2M), and splits them by DEMOTE. Default: no.</summary>
    public bool MapsLargePages { get; init; }

    /// <summary>Merges 512 pages into one of 2M (PROMOTE). Default: no; the huge page series forbids it.</summary>
    public bool Promotes { get; init; }

    /// <summary>Moves pages of a running TD to other frames (RELOCATE). Default: no; Linux pins them.</summary>
    public bool Relocates { get; init; }
}
