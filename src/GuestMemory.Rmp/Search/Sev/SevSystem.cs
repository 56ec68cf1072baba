using System.Globalization;

namespace GuestMemory.Rmp;

/// <summary>Guests of SEV or SEV-ES and their host: bytes are encrypted, and that is all.</summary>
/// <remarks>A guest writes one of two tokens of an address. What a read gives tells what the host did: noise, a token of another address, or the older of the two.</remarks>
internal sealed partial class SevSystem : IScheduledSystem, IPartedState
{
    private const ulong Rip = 0x1000;
    private const ulong ForgedRip = 0x6660;
    private static readonly Pfn s_firstFrame = new(8);
    private static readonly Pfn s_firstSaveArea = new(32);

    private readonly SnpPlatform _platform;
    private readonly SaveArea[] _saveAreas;
    private readonly byte[,] _nested;
    private readonly byte[,] _written;
    private (byte Frame, ulong Low, ulong High) _kept;
    private readonly int _pages;
    private SevSight _seen;

    public SevSystem(StepSystemOptions options, SevProfile profile)
    {
        _pages = options.Pages;
        _platform = new(RmpCoverage.Flat(new(0x20_0000), new(0x2f_ffff)), rules: options.Rules) { IsOn = profile.HasRmp };
        (_nested, _written) = (new byte[options.Guests, _pages], new byte[options.Guests, _pages]);
        _saveAreas = new SaveArea[options.Guests];
        var firmware = new LegacyFirmware(_platform);
        for (var guest = 0; guest < options.Guests; guest++)
        {
            firmware.Activate(firmware.Launch(), AsidOf(guest));
            _saveAreas[guest] = new(_platform, profile, AsidOf(guest), s_firstSaveArea + (ulong)guest);
            _saveAreas[guest].Save(Rip, 0);
        }

        Vcpus = options.Vcpus;
        Actors = ["Host", .. Enumerable.Range(0, Vcpus).Select(vcpu => $"Vcpu{vcpu}")];
        Properties = PropertiesOf(profile);
    }

    public string Name => "sev";

    public IReadOnlyList<string> Actors { get; }

    public IReadOnlyList<StateProperty> Properties { get; }

    private int Vcpus { get; }

    private int Guests => _saveAreas.Length;

    public int ActorOf(uint step)
    {
        var (kind, first, _, _) = Parse(step);
        return kind is SevStepKind.GuestRead or SevStepKind.GuestWrite ? 1 + first : 0;
    }

    public bool IsMidway(int actor) => false;

    private StateProperty[] PropertiesOf(SevProfile profile)
    {
        var registers = profile.ProtectsRegisters ? PropertyKind.Never : PropertyKind.Sometimes;
        return
        [
            new("SEV-NO-PLAIN-BYTES", "The host never reads in plain what a guest wrote.", PropertyKind.Always, () => !_seen.HasFlag(SevSight.PlainBytes)),
            new("SEV-WRITE-UNSEEN", "A guest reads noise where the host wrote, and goes on.", PropertyKind.Sometimes, () => _seen.HasFlag(SevSight.Noise)),
            new("SEV-REMAP-UNSEEN", "A guest reads at one address what it wrote at another, and goes on.", PropertyKind.Sometimes, () => _seen.HasFlag(SevSight.OtherAddress)),
            new("SEV-REPLAY-UNSEEN", "A guest reads what it wrote before its last write, and goes on.", PropertyKind.Sometimes, () => _seen.HasFlag(SevSight.OlderBytes)),
            new("SEV-REGISTERS-READ", "The host reads a guest's instruction pointer.", registers, () => _seen.HasFlag(SevSight.Registers)),
            new("SEV-REGISTERS-SET", "The host sets a guest's instruction pointer to what it likes.", registers, () => _seen.HasFlag(SevSight.ForgedRegisters)),
        ];
    }

    private static Asid AsidOf(int guest) => new((uint)guest + 1);

    private static Pfn FrameOf(int frame) => s_firstFrame + (ulong)frame;

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
