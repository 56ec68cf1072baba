namespace GuestMemory.Rmp;

/// <summary>Guests that run, on 4K pages they compete for: the scenario searches are measured by.</summary>
/// <remarks>
/// The platform answers every operation by its rules. Beside it stand, a few bits each, the guests' nested tables, which the host writes as it likes, what careful guests remember of
/// their pages, and the vCPUs' translations. Every write is of 16 bytes, so that what lies in a frame is one of few values.
/// </remarks>
internal sealed partial class SnpRunSystem : IScheduledSystem, ISymmetricSystem, IPartedState
{
    private const ulong HostToken = 3;
    private const ulong SharedToken = 4;
    private static readonly Pfn s_firstFrame = new(8);
    private static readonly Gfn s_firstAddress = new(0x100);

    private readonly SnpPlatform _platform;
    private readonly RunChecks _checks;
    private readonly int _pages;
    private readonly RunGuest[] _guests;
    private readonly RunTlb[] _tlbs;
    private readonly CpuState[] _cpus;
    private bool _isLeaked;
    private ulong _dropped;

    public SnpRunSystem(StepSystemOptions options)
    {
        (_pages, _guests, _tlbs) = (options.Pages, new RunGuest[options.Guests], new RunTlb[options.Vcpus]);
        _platform = new(RmpCoverage.Flat(new(0x20_0000), new(0x2f_ffff)), rules: options.Rules);
        _cpus = new CpuState[options.Guests];
        for (var guest = 0; guest < options.Guests; guest++)
        {
            _cpus[guest] = CpuState.Guest(AsidOf(guest));
            Launch(new((ulong)guest + s_firstFrame.Value + StepNumbers.Most), AsidOf(guest));
        }

        _checks = new(_platform, new(s_firstFrame, (ulong)_pages));
        _platform.TranslationsInvalidated = Drop;
        Groups = [options.Guests, _pages, _pages, options.Vcpus];
        Actors = ["Host", .. Enumerable.Range(0, options.Vcpus).Select(vcpu => $"Vcpu{vcpu}")];
        Properties =
        [
            new("SNP-NO-PLAIN-BYTES", "The host never reads in plain what a guest wrote privately.", PropertyKind.Always, () => !_isLeaked),
            new("SNP-GUEST-STOPS", "A careful guest notices that a page of its own was exchanged.", PropertyKind.Sometimes, () => AnyStopped),
        ];
    }

    public string Name => "snp";

    public IReadOnlyList<StateProperty> Properties { get; }

    public IReadOnlyList<string> Actors { get; }

    internal SnpPlatform Platform => _platform;

    private bool AnyStopped
    {
        get
        {
            foreach (var guest in _guests)
            {
                if (guest.IsStopped)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public bool IsMidway(int actor) => false;

    private static Asid AsidOf(int guest) => new((uint)guest + 1);

    private static Pfn FrameOf(int frame) => s_firstFrame + (ulong)frame;

    private static Gpa AddressOf(int address) => (s_firstAddress + (ulong)address).Address;

    private int GuestOf(int vcpu) => vcpu % _guests.Length;

    // A frame's part is the frame's number; guests and vCPUs follow, then what is the system's.
    private ulong GuestPart(int guest) => 1UL << (_pages + guest);

    private ulong VcpuPart(int vcpu) => 1UL << (_pages + _guests.Length + vcpu);

    private void Launch(Pfn context, Asid asid)
    {
        SceneSetup.Ok(_platform.RmpUpdate(RmpUpdateOperands.ToFirmware(new(context, PageSize.Size4K))));
        SceneSetup.Ok(_platform.Firmware.GctxCreate(context));
        SceneSetup.Ok(_platform.Firmware.LaunchStart(context));
        SceneSetup.Ok(_platform.Firmware.Activate(context, asid));
        SceneSetup.Ok(_platform.Firmware.LaunchFinish(context));
    }

    // RMPUPDATE ends translations in every processor.
    private void Drop(PfnRange frames)
    {
        for (var vcpu = 0; vcpu < _tlbs.Length; vcpu++)
        {
            var left = _tlbs[vcpu].Without((int)(frames.Start - s_firstFrame));
            if (left != _tlbs[vcpu])
            {
                _tlbs[vcpu] = left;
                _dropped |= VcpuPart(vcpu);
            }
        }
    }
}
