namespace GuestMemory.Rmp;

/// <summary>The SEV and SEV-ES firmware as far as memory goes: whose key an ASID has, and the only ways a guest's page moves.</summary>
/// <remarks>Guests are launched whole and at once. Handles are never given twice. Not thread-safe. Source: sev-api, chapter 6.</remarks>
public sealed partial class LegacyFirmware : IStateful
{
    // Apart from the numbers of SNP guests.
    private const uint FirstKeyNumber = 0x8000_0000;
    private readonly SnpPlatform _platform;
    private readonly DirtyCache? _cache;
    private readonly SortedList<uint, LegacyGuest> _guests = [];
    private readonly SortedSet<uint> _unclean = [];
    private uint _nextHandle = 1;
    private ulong _nextVector = 1;
    private bool _isWbinvdOwed;

    /// <summary>Firmware after INIT, without guests.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="cache">What <see cref="Wbinvd"/> writes back; <see langword="null"/> where caches are coherent over keys.</param>
    /// <param name="largestAsid">The largest ASID, 1 or more.</param>
    public LegacyFirmware(SnpPlatform platform, DirtyCache? cache = null, uint largestAsid = 509)
    {
        ArgumentNullException.ThrowIfNull(platform);
        ArgumentOutOfRangeException.ThrowIfZero(largestAsid);
        _platform = platform;
        _cache = cache;
        LargestAsid = largestAsid;
    }

    /// <summary>The largest ASID.</summary>
    public uint LargestAsid { get; }

    /// <summary>LAUNCH_START to LAUNCH_FINISH of a guest without initial pages.</summary>
    /// <returns>Its handle.</returns>
    public uint Launch() => Add(LegacyGuestState.Running, transportKey: 0);

    /// <summary>ACTIVATE: the ASID gets the guest's key.</summary>
    /// <param name="handle">The guest.</param>
    /// <param name="asid">The ASID.</param>
    public FirmwareResult Activate(uint handle, Asid asid)
    {
        var guest = Find(handle);
        var call = new LegacyCall(guest)
        {
            Asid = asid, LargestAsid = LargestAsid, IsAsidUnclean = _unclean.Contains(asid.Value),
            IsAsidOwned = asid.IsGuest && _guests.Values.Any(other => other != guest && other.Asid == asid),
        };
        if (LegacyRules.Activate.Decide(ref call, _platform.Rules) is { } refusal)
        {
            return new(refusal.Answer, refusal);
        }

        if (guest is not null)
        {
            guest.Asid = asid;
            _platform.Keys.Install(asid, guest.KeyNumber);
        }

        return default;
    }

    /// <summary>DEACTIVATE: the ASID loses the key, and WBINVD and DF_FLUSH are owed before it is used again. Without an ASID nothing happens.</summary>
    /// <param name="handle">The guest.</param>
    public FirmwareResult Deactivate(uint handle)
    {
        var guest = Find(handle);
        var call = new LegacyCall(guest);
        if (LegacyRules.Deactivate.Decide(ref call, _platform.Rules) is { } refusal)
        {
            return new(refusal.Answer, refusal);
        }

        if (guest is { Asid.IsGuest: true })
        {
            _platform.Keys.Remove(guest.Asid);
            _unclean.Add(guest.Asid.Value);
            _isWbinvdOwed = true;
            guest.Asid = default;
        }

        return default;
    }

    /// <summary>DECOMMISSION: the guest and its keys are gone.</summary>
    /// <param name="handle">The guest.</param>
    public FirmwareResult Decommission(uint handle)
    {
        var call = new LegacyCall(Find(handle));
        if (LegacyRules.Decommission.Decide(ref call, _platform.Rules) is { } refusal)
        {
            return new(refusal.Answer, refusal);
        }

        _guests.Remove(handle);
        return default;
    }

    /// <summary>WBINVD on every processor: an instruction, which DF_FLUSH wants to have come first.</summary>
    public void Wbinvd()
    {
        _cache?.Flush();
        _isWbinvdOwed = false;
    }

    /// <summary>DF_FLUSH: ASIDs that guests gave back may be used again.</summary>
    public FirmwareResult DfFlush()
    {
        var call = new LegacyCall(guest: null) { IsWbinvdOwed = _isWbinvdOwed };
        if (LegacyRules.DfFlush.Decide(ref call, _platform.Rules) is { } refusal)
        {
            return new(refusal.Answer, refusal);
        }

        _unclean.Clear();
        return default;
    }

    private LegacyGuest? Find(uint handle) => _guests.GetValueOrDefault(handle);

    private uint Add(LegacyGuestState state, ulong transportKey)
    {
        var handle = _nextHandle++;
        _guests.Add(handle, new(FirstKeyNumber + handle, state, transportKey));
        return handle;
    }
}
