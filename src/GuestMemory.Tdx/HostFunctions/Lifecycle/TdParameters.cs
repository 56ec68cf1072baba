namespace GuestMemory.Tdx;

/// <summary>What of TD_PARAMS decides how a TD's memory behaves. The host writes it where it hands it to TDH.MNG.INIT. Source: tdx-module, td_params_t.</summary>
/// <remarks>ATTRIBUTES at byte 0, EPTP_CONTROLS at 24, CONFIG_FLAGS at 32. The other fields are not read (MB-62).</remarks>
public readonly record struct TdParameters
{
    private const ulong EptpOffset = 24;
    private const ulong FlagsOffset = 32;
    private const int VeDisableBit = 28;
    private const int WalkShift = 3;

    /// <summary>Parameters of an ordinary TD: 48-bit addresses over four levels, #VE of pending pages disabled.</summary>
    public TdParameters()
    {
    }

    private TdParameters(ulong attributes, ulong eptpControls, ulong configFlags) =>
        (Attributes, EptpControls, ConfigFlags) = (attributes, eptpControls, configFlags);

    /// <summary>ATTRIBUTES: bit 0 DEBUG, bit 28 SEPT_VE_DISABLE.</summary>
    public ulong Attributes { get; init; } = 1UL << VeDisableBit;

    /// <summary>EPTP_CONTROLS: bits 2:0 memory type (6, write-back), bits 5:3 the root's level, all others 0.</summary>
    public ulong EptpControls { get; init; } = 6 | ((ulong)SeptLevel.Pml4 << WalkShift);

    /// <summary>CONFIG_FLAGS: bit 0 GPAW, 52-bit addresses.</summary>
    public ulong ConfigFlags { get; init; }

    /// <summary>Whether the host may read and write the TD's memory.</summary>
    public bool IsDebug => (Attributes & 1) != 0;

    /// <summary>Whether a touch of a pending page leaves to the host.</summary>
    public bool DisablesPendingVe => (Attributes >> VeDisableBit & 1) != 0;

    /// <summary>Whether guest addresses have 52 bits.</summary>
    public bool IsWide => (ConfigFlags & 1) != 0;

    /// <summary>The level of the Secure EPT's root; anything but 3 and 4 is refused.</summary>
    public SeptLevel RootLevel => (SeptLevel)(byte)(EptpControls >> WalkShift & 7);

    /// <summary>Parameters from what a test or a host wants.</summary>
    /// <param name="isWide">52-bit guest addresses.</param>
    /// <param name="rootLevel">The root's level.</param>
    /// <param name="disablesPendingVe">Whether a touch of a pending page leaves to the host.</param>
    /// <param name="isDebug">Whether the host may read and write the TD's memory.</param>
    public static TdParameters Of(bool isWide = false, SeptLevel rootLevel = SeptLevel.Pml4, bool disablesPendingVe = true, bool isDebug = false) => new(
        (isDebug ? 1UL : 0) | (disablesPendingVe ? 1UL << VeDisableBit : 0), 6 | ((ulong)rootLevel << WalkShift), isWide ? 1UL : 0);

    /// <summary>Writes them to the host's memory, as TD_PARAMS lies there.</summary>
    /// <param name="contents">The memory.</param>
    /// <param name="at">Where; a multiple of 1,024.</param>
    public void WriteTo(FrameContents contents, Spa at)
    {
        ArgumentNullException.ThrowIfNull(contents);
        contents.Zero(at, 1024);
        contents.Write(at, 8, Attributes);
        contents.Write(at + EptpOffset, 8, EptpControls);
        contents.Write(at + FlagsOffset, 8, ConfigFlags);
    }

    /// <summary>"attributes 0x10000000, eptp 0x1e, flags 0x0".</summary>
    public override string ToString() => $"attributes 0x{Attributes:x}, eptp 0x{EptpControls:x}, flags 0x{ConfigFlags:x}";

    internal static TdParameters Read(TdxMemory memory, Spa at) =>
        new(memory.Read(at, 8, ContentKey.None), memory.Read(at + EptpOffset, 8, ContentKey.None), memory.Read(at + FlagsOffset, 8, ContentKey.None));
}
