namespace GuestMemory.Tdx;

/// <summary>TDs that run, and the pages they and the host compete for: the module's functions for 4K pages of running TDs, vCPUs that enter, leave and remember, loads and stores.</summary>
/// <remarks>
/// vCPUs are dealt out to the guests in turn, each on a processor of its own. Every guest has as many guest addresses as there are pages. Epochs
/// are told apart only where that can matter (<see cref="Settle"/>), so that the states are finitely many. Not thread-safe.
/// </remarks>
internal sealed partial class RunSystem : IPartedState, IScheduledSystem, ISymmetricSystem
{
    // What the host writes; a guest's bytes say which guest's and for which address.
    private const ulong HostToken = 0xaa;

    private readonly TdxModule _module;
    private readonly int _pages;
    private readonly Td[] _tds;
    private readonly ulong[] _tdrs;
    private readonly SeptPage[] _leaves;
    private readonly ulong[] _fixedPages;
    private readonly ContentKey[] _keys;
    private readonly TdVcpu[] _vcpus;
    private readonly int[] _owners;
    private readonly Pfn[] _frames;

    // With every rule in force no access meets a line of another, and the line's other words stay zero.
    private readonly bool _maySpoilLines;

    // What a guest's page holds as the guest knows it, by guest and address.
    private readonly byte[] _known;

    public RunSystem(StepSystemOptions options)
    {
        var world = new SearchWorld(options.Rules);
        (_module, _pages) = (world.Module, options.Pages);
        (_tds, _tdrs, _leaves) = (new Td[options.Guests], new ulong[options.Guests], new SeptPage[options.Guests]);
        (_fixedPages, _keys) = (new ulong[options.Guests], new ContentKey[options.Guests]);
        (_vcpus, _owners) = (new TdVcpu[options.Vcpus], new int[options.Vcpus]);
        _known = new byte[options.Guests * _pages];
        _frames = [.. Enumerable.Range(0, _pages).Select(page => new Spa(SearchWorld.Page(page)).Frame)];
        _maySpoilLines = options.Rules.Off.Any();
        for (var guest = 0; guest < options.Guests; guest++)
        {
            AddGuest(world, guest);
        }

        Groups = [options.Guests, _pages, _pages, options.Vcpus];
        Actors = ["host", .. Enumerable.Range(0, options.Vcpus).Select(static vcpu => $"vCPU {vcpu}")];
        Properties =
        [
            new("accepted", "A guest accepts a page.", PropertyKind.Sometimes, () => Array.Exists(_known, static known => known != Nothing)),
            new("remembered", "A vCPU remembers a page.", PropertyKind.Sometimes, () => Array.Exists(_vcpus, static vcpu => vcpu.Translations.Pages.Length > 0)),
            new("blocked", "A page is blocked.", PropertyKind.Sometimes, () => IsMidway(0)),
        ];
        foreach (var vcpu in _vcpus)
        {
            _module.Seamcall(TdxFunction.VpEnter, new(vcpu.Tdvpr.Address.Value), processor: vcpu.Processor ?? 0);
            vcpu.FlushedAtEntry = false;
        }
    }

    /// <inheritdoc/>
    public string Name => "tdx";

    /// <inheritdoc/>
    public IReadOnlyList<StateProperty> Properties { get; }

    /// <summary>The module; for tests.</summary>
    internal TdxModule Module => _module;

    private void AddGuest(SearchWorld world, int guest)
    {
        int[] mine = [.. Enumerable.Range(0, _vcpus.Length).Where(vcpu => vcpu % _tds.Length == guest)];
        world.RunTd(guest, mine);
        var td = world.TdOf(guest);
        (_tds[guest], _tdrs[guest], _fixedPages[guest]) = (td, SearchWorld.Tdr(guest), td.ChildCount);
        _leaves[guest] = td.Sept!.Find(default).Page;
        _keys[guest] = _module.Keys.KeyOf(td.Hkid);
        for (var number = 0; number < mine.Length; number++)
        {
            (_vcpus[mine[number]], _owners[mine[number]]) = (td.Vcpus[number], guest);
        }
    }

    private static ulong Token(int guest, int gfn) => (((ulong)guest + 1) << 8) | ((ulong)gfn + 1);
}
