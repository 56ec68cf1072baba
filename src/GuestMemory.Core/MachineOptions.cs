namespace GuestMemory;

/// <summary>What a machine is built with. Set before the factory takes it; frozen and validated from then on.</summary>
public sealed class MachineOptions
{
    private bool _frozen;
    private ulong _frames = 1UL << 28;
    private ulong _framesPerNode = 1UL << 28;
    private IFrameChoice _frameChoice = LowestFirst.Instance;
    private Enforcement _enforcement = Enforcement.Enforce;
    private bool _cachesTranslations;
    private PageSize _largestMapping = PageSize.Size1G;
    private RuleSwitches _rules = RuleSwitches.AllOn;
    private Func<Machine, IOwnershipTable>? _ownershipTable;
    private IFaultInjector? _injector;

    /// <summary>Physical frames of 4 KiB, 2 to 2^40. Default 2^28 (1 TiB); untouched frames cost nothing.</summary>
    public ulong Frames
    {
        get => _frames;
        set => Change(ref _frames, value);
    }

    /// <summary>Frames of one NUMA node, at least 1. Default 2^28.</summary>
    public ulong FramesPerNode
    {
        get => _framesPerNode;
        set => Change(ref _framesPerNode, value);
    }

    /// <summary>Which free frames a request gets. Default: the lowest.</summary>
    public IFrameChoice FrameChoice
    {
        get => _frameChoice;
        set => Change(ref _frameChoice, value);
    }

    /// <summary>What Core does about unmap-before-convert itself. Default: refuse.</summary>
    public Enforcement Enforcement
    {
        get => _enforcement;
        set => Change(ref _enforcement, value);
    }

    /// <summary>Whether vCPUs cache translations. Default: no; on for searches, where a forgotten flush must show.</summary>
    public bool CachesTranslations
    {
        get => _cachesTranslations;
        set => Change(ref _cachesTranslations, value);
    }

    /// <summary>Largest leaf the MMUs make. Default 1 GiB.</summary>
    public PageSize LargestMapping
    {
        get => _largestMapping;
        set => Change(ref _largestMapping, value);
    }

    /// <summary>Which rules are off. Default: none.</summary>
    public RuleSwitches Rules
    {
        get => _rules;
        set => Change(ref _rules, value);
    }

    /// <summary>Makes the machine's ownership table (an RMP, a PAMT). Default: <see cref="SoftwareOwnershipTable"/>.</summary>
    public Func<Machine, IOwnershipTable>? OwnershipTable
    {
        get => _ownershipTable;
        set => Change(ref _ownershipTable, value);
    }

    /// <summary>Decides what fails, on every machine made with these options. Default, <see langword="null"/>: nothing does.</summary>
    public IFaultInjector? Injector
    {
        get => _injector;
        set => Change(ref _injector, value);
    }

    /// <summary>Checks the values and allows no change from now on. Freezing twice is harmless.</summary>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public MachineOptions Freeze()
    {
        Require(_frames is >= 2 and <= 1UL << 40, $"{nameof(Frames)} is {_frames}; it must be 2 to 2^40.");
        Require(_framesPerNode >= 1, $"{nameof(FramesPerNode)} is 0; it must be at least 1.");
        Require(_frames / _framesPerNode < int.MaxValue, $"{nameof(FramesPerNode)} is {_framesPerNode}; that makes too many nodes.");
        Require(_frameChoice is not null, $"{nameof(FrameChoice)} is missing.");
        Require(_rules is not null, $"{nameof(Rules)} is missing.");
        Require(Enum.IsDefined(_enforcement), $"{nameof(Enforcement)} is {_enforcement}, which is no such choice.");
        Require(Enum.IsDefined(_largestMapping), $"{nameof(LargestMapping)} is {_largestMapping}, which is no page size.");
        _frozen = true;
        return this;
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new ArgumentException(message);
        }
    }

    private void Change<T>(ref T field, T value)
    {
        if (_frozen)
        {
            throw new InvalidOperationException("These options are in use by a machine factory and cannot change any more.");
        }

        field = value;
    }
}
