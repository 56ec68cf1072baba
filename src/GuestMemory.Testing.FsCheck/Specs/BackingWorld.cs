namespace GuestMemory.Testing;

/// <summary>A store under test, on a machine with a guest that maps its pages and a listener.</summary>
internal sealed class BackingWorld : IBackingListener
{
    private const ulong Most = BackingCommand.Units << 18;

    public BackingWorld(Func<Machine, ulong, IBackingStore> create)
    {
        Machine = new MachineFactory(technologies: [new SpecTechnology()]).Create();
        Vm = Machine.CreateVm(Machine.Technologies[0]);

        // How large its units are only a store can say.
        Unit = 1UL << create(Machine, Most).Properties.LargestOrder;
        Store = create(Machine, BackingCommand.Units * Unit);
        Store.Attach(this);
    }

    /// <summary>The machine.</summary>
    public Machine Machine { get; }

    /// <summary>The guest.</summary>
    public VirtualMachine Vm { get; }

    /// <summary>The store.</summary>
    public IBackingStore Store { get; }

    /// <summary>Pages of a unit.</summary>
    public ulong Unit { get; }

    /// <summary>Whether a range of whole pages can be given back.</summary>
    /// <param name="pages">The pages.</param>
    public bool Divides(PageIndexRange pages) => Store.Properties.Divisible || (pages.Start.Value % Unit == 0 && pages.Count % Unit == 0);

    /// <summary>What the listener heard and nobody asked for yet.</summary>
    public List<string> Heard { get; } = [];

    /// <summary>The guest maps a frame as its own, unless somebody uses it as shared.</summary>
    /// <param name="gfn">Where.</param>
    /// <param name="frame">The frame.</param>
    public bool Map(Gfn gfn, Pfn frame) => Vm.Mmu.Map(new(gfn, frame, PageSize.Size4K, PageKind.Private, Writable: true, Vm.Sequence.Sample())).IsDone;

    /// <summary>The words for a begin.</summary>
    public static string BeginWords(PageIndexRange pages, KindFilter kinds) => $"begin {pages} {kinds}";

    /// <summary>The words for an end.</summary>
    public static string EndWords(PageIndexRange pages) => $"end {pages}";

    /// <inheritdoc/>
    public MmuAnswer BeginInvalidate(IBackingStore store, PageIndexRange pages, KindFilter kinds)
    {
        Heard.Add(BeginWords(pages, kinds));
        return MmuAnswer.Done;
    }

    /// <inheritdoc/>
    public void EndInvalidate(IBackingStore store, PageIndexRange pages) => Heard.Add(EndWords(pages));
}
