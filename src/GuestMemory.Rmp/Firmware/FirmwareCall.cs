namespace GuestMemory.Rmp;

/// <summary>Everything a command's checks read.</summary>
/// <typeparam name="TOperands">The command buffer.</typeparam>
public readonly ref struct FirmwareCall<TOperands>
    where TOperands : struct, IFirmwareOperands
{
    internal FirmwareCall(IFirmwarePlatform platform, in TOperands operands)
    {
        Platform = platform;
        Operands = operands;
        HasGuest = platform.Firmware.TryGetGuest(operands.Context.Frame, out var guest);
        Guest = guest;
    }

    internal IFirmwarePlatform Platform { get; }

    /// <summary>The command buffer.</summary>
    public TOperands Operands { get; }

    /// <summary>Whether the context page is a guest's.</summary>
    public bool HasGuest { get; }

    /// <summary>That guest.</summary>
    public SnpGuestContext Guest { get; }

    /// <summary>The firmware.</summary>
    public SnpFirmware Firmware => Platform.Firmware;

    internal FrameContents Contents => Platform.Contents;

    internal ContentKey MemoryKey => Platform.Keys[Guest.Asid];

    // A page inside a live 2M page has the head's state and size.
    internal RmpEntry EntryAt(Spa address) => Platform.Table.Resolve(address.Frame);

    internal RmpPageState StateAt(Spa address) => Platform.Table.StateOf(address.Frame);

    internal bool IsBad(Spa address, bool isLarge = false) => FirmwareAddress.IsBad(Platform.Table.Coverage, address, FirmwareAddress.SizeOf(isLarge));

    internal bool IsBadByte(Spa address) => FirmwareAddress.IsBadByte(Platform.Table.Coverage, address);

    internal bool IsSize(Spa address, bool isLarge) => EntryAt(address).Size == FirmwareAddress.SizeOf(isLarge);

    // Metadata pages name their guest by its context page's address.
    internal bool IsOwnMetadata(Spa address) => EntryAt(address).Gpa.Value == Operands.Context.Value;

    internal void SetEntry(Spa address, in RmpEntry entry)
    {
        if (Platform.Table.Coverage.Covers(address.Frame))
        {
            Platform.Table.Change(address.Frame, entry);
        }
    }

    internal void SetGuest(in SnpGuestContext guest) => Firmware.SetGuest(Operands.Context.Frame, guest);
}
