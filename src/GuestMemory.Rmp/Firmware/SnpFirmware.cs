namespace GuestMemory.Rmp;

/// <summary>The AMD-SP's firmware: every command that changes a page's state, and the guests it keeps.</summary>
/// <remarks>
/// A command is a table of checks in the manual's order and an effect; a refused one changes nothing but what its
/// <see cref="PartialEffect"/> declares. Not thread-safe. Source: snp-abi.
/// </remarks>
public sealed partial class SnpFirmware : IStateful
{
    private readonly IFirmwarePlatform _platform;
    private readonly SortedList<ulong, SnpGuestContext> _guests = [];
    private readonly RangeSet _unflushed = new();
    private uint _keys;

    internal SnpFirmware(IFirmwarePlatform platform) => _platform = platform;

    /// <summary>The firmware's own state.</summary>
    public SnpPlatformState State { get; private set; }

    /// <summary>Whether the firmware's part for SEV and SEV-ES is initialised. The host sets it; SNP only looks at it.</summary>
    public bool IsLegacyInitialised { get; set; }

    /// <summary>Whether the table was built since the processors' last reset or the last shutdown that undid it.</summary>
    public bool IsTableBuilt { get; private set; }

    /// <summary>Whether the IOMMUs check devices' writes against the table.</summary>
    public bool ChecksDevices { get; private set; }

    /// <summary>Whether a guest ended since every processor wrote its caches back.</summary>
    public bool OwesWbinvd { get; private set; }

    /// <summary>The guests' context pages, in order.</summary>
    public IEnumerable<Pfn> Contexts => _guests.Keys.Select(frame => new Pfn(frame));

    /// <summary>Decides which commands fail; nobody: none does.</summary>
    internal IFaultInjector? Injector { get; set; }

    /// <summary>Whether an ASID is bound or waits for a flush.</summary>
    internal bool IsAnyAsidUsed => _unflushed.Count > 0 || _guests.Values.Any(guest => guest.IsActive);

    /// <summary>What is kept of a guest.</summary>
    /// <param name="context">Its context page.</param>
    /// <param name="guest">The guest; the default when there is none.</param>
    /// <returns>Whether the page is a guest's.</returns>
    public bool TryGetGuest(Pfn context, out SnpGuestContext guest) => _guests.TryGetValue(context.Value, out guest);

    /// <summary>Whether an ASID's last guest ended and SNP_DF_FLUSH is still to come.</summary>
    /// <param name="asid">The ASID.</param>
    public bool OwesFlush(Asid asid) => _unflushed.Contains(asid.Value);

    /// <summary>Every processor executes WBINVD.</summary>
    public void Wbinvd() => OwesWbinvd = false;

    internal void SetGuest(Pfn context, in SnpGuestContext guest) => _guests[context.Value] = guest;

    internal bool IsTaken(Asid asid, Pfn besides) => _guests.Any(other => other.Key != besides.Value && other.Value.Asid == asid);

    internal uint NextKeyNumber() => ++_keys;

    internal void End(Pfn context, in SnpGuestContext guest)
    {
        _guests.Remove(context.Value);
        if (guest.IsActive)
        {
            _platform.Keys.Remove(guest.Asid);
            _unflushed.Add(guest.Asid.Value, guest.Asid.Value + 1UL);
            OwesWbinvd = true;
        }
    }

    internal void Flushed() => _unflushed.Clear();
}
