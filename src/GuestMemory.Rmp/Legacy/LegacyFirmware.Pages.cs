namespace GuestMemory.Rmp;

/// <content>Moving pages. Source: sev-api, 6.10, 6.15 and 6.24 to 6.26.</content>
public sealed partial class LegacyFirmware
{
    // Offline keys are told from keys of memory by this bit, transport keys by the next.
    private const ulong OfflineKeyBit = 1UL << 33;
    private const ulong TransportKeyBit = 1UL << 34;

    /// <summary>SEND_START: the guest's pages may leave.</summary>
    /// <param name="handle">The guest.</param>
    /// <param name="transportKey">What both machines agreed on; below 2^32.</param>
    public FirmwareResult SendStart(uint handle, uint transportKey) => Step(handle, LegacyGuestState.Running, LegacyGuestState.Sending, transportKey);

    /// <summary>RECEIVE_START: a guest with a memory key of its own, whose pages arrive.</summary>
    /// <param name="transportKey">What both machines agreed on; below 2^32.</param>
    /// <returns>Its handle.</returns>
    public uint ReceiveStart(uint transportKey) => Add(LegacyGuestState.Receiving, transportKey);

    /// <summary>RECEIVE_FINISH: the guest may run.</summary>
    /// <param name="handle">The guest.</param>
    public FirmwareResult ReceiveFinish(uint handle) => Step(handle, LegacyGuestState.Receiving, LegacyGuestState.Running, transportKey: 0);

    /// <summary>COPY: a page's bytes, read and written through the guest's key, reach another frame. The nested table is the host's to change.</summary>
    /// <param name="handle">The guest.</param>
    /// <param name="from">Source.</param>
    /// <param name="to">Destination.</param>
    public FirmwareResult Copy(uint handle, Pfn from, Pfn to)
    {
        var guest = Find(handle);
        var call = new LegacyCall(guest);
        if (LegacyRules.Pages.Decide(ref call, _platform.Rules) is { } refusal)
        {
            return new(refusal.Answer, refusal);
        }

        var key = KeyOf(guest);
        _platform.Contents.Copy(from, key, to, key);
        return default;
    }

    /// <summary>SEND_UPDATE: a page wrapped under the transport key.</summary>
    /// <param name="handle">The guest.</param>
    /// <param name="from">The guest's page.</param>
    /// <param name="to">The host's.</param>
    /// <param name="packet">What goes with it.</param>
    public FirmwareResult SendUpdate(uint handle, Pfn from, Pfn to, out LegacyPacket packet) =>
        Wrap(Find(handle), LegacyGuestState.Sending, TransportKeyBit | (Find(handle)?.TransportKey ?? 0), from, to, out packet);

    /// <summary>RECEIVE_UPDATE: a wrapped page becomes the guest's at a frame of the host's choice.</summary>
    /// <param name="handle">The guest.</param>
    /// <param name="from">The host's page.</param>
    /// <param name="packet">What came with it.</param>
    /// <param name="to">The guest's page.</param>
    public FirmwareResult ReceiveUpdate(uint handle, Pfn from, in LegacyPacket packet, Pfn to) =>
        Unwrap(Find(handle), LegacyGuestState.Receiving, TransportKeyBit | (Find(handle)?.TransportKey ?? 0), from, packet, to);

    /// <summary>SWAP_OUT: a page wrapped under the guest's offline key.</summary>
    /// <param name="handle">The guest.</param>
    /// <param name="from">The guest's page.</param>
    /// <param name="to">The host's.</param>
    /// <param name="packet">What goes with it.</param>
    public FirmwareResult SwapOut(uint handle, Pfn from, Pfn to, out LegacyPacket packet) =>
        Wrap(Find(handle), LegacyGuestState.Running, OfflineKeyBit | handle, from, to, out packet);

    /// <summary>SWAP_IN: it comes back, at any frame, any number of times.</summary>
    /// <param name="handle">The guest.</param>
    /// <param name="from">The host's page.</param>
    /// <param name="packet">What went with it.</param>
    /// <param name="to">The guest's page.</param>
    public FirmwareResult SwapIn(uint handle, Pfn from, in LegacyPacket packet, Pfn to) =>
        Unwrap(Find(handle), LegacyGuestState.Running, OfflineKeyBit | handle, from, packet, to);

    private FirmwareResult Step(uint handle, LegacyGuestState wanted, LegacyGuestState next, ulong transportKey)
    {
        var guest = Find(handle);
        var call = new LegacyCall(guest, wanted);
        if (LegacyRules.Life.Decide(ref call, _platform.Rules) is { } refusal)
        {
            return new(refusal.Answer, refusal);
        }

        guest?.Move(next, transportKey);
        return default;
    }

    private ContentKey KeyOf(LegacyGuest? guest) => _platform.Keys[guest?.Asid ?? default];

    private FirmwareResult Wrap(LegacyGuest? guest, LegacyGuestState wanted, ulong key, Pfn from, Pfn to, out LegacyPacket packet)
    {
        packet = default;
        var call = new LegacyCall(guest, wanted);
        if (LegacyRules.Pages.Decide(ref call, _platform.Rules) is { } refusal)
        {
            return new(refusal.Answer, refusal);
        }

        var vector = _nextVector++;
        packet = new(vector, new PageWrapping(_platform.Contents, new(key), vector).Wrap(new(from, 1), KeyOf(guest), to));
        return default;
    }

    private FirmwareResult Unwrap(LegacyGuest? guest, LegacyGuestState wanted, ulong key, Pfn from, in LegacyPacket packet, Pfn to)
    {
        var wrapping = new PageWrapping(_platform.Contents, new(key), packet.Vector);
        var call = new LegacyCall(guest, wanted) { IsTagWrong = wrapping.TagOf(new(from, 1)) != packet.Tag };
        if (LegacyRules.Pages.Decide(ref call, _platform.Rules) is { } refusal)
        {
            return new(refusal.Answer, refusal);
        }

        wrapping.Unwrap(new(from, 1), to, KeyOf(guest));
        return default;
    }
}
