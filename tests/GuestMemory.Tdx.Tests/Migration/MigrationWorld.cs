namespace GuestMemory.Tdx.Tests.Migration;

/// <summary>A TD with tables for guest addresses 0 to 2 MiB, entries put into any state without calls, and lists in the host's memory.</summary>
internal sealed class MigrationWorld
{
    public const ulong Tdr = TdxWorld.FirstTdmr;
    public const ulong List = 0x100000;
    public const ulong Buffers = 0x101000;
    public const ulong NewPages = 0x102000;
    public const ulong Bundle = 0x103000;
    public const ulong Page = 0x40400000;
    public const ulong Gpa = 0x2000;

    public MigrationWorld(TdxOpState opState, TdxPlatform? platform = null, RuleSwitches? rules = null)
    {
        World = new(platform, rules);
        Td = World.AddTd(Tdr, opState: opState);
        for (var level = SeptLevel.Pml4; level > SeptLevel.Pt; level--)
        {
            var place = Td.Sept!.Walk(default, level);
            var frame = new Spa(Tdr).Frame + 0x20 + (ulong)level;
            World.Module.Pamt.Write(PageSize.Size4K, frame, new(PageType.Ept, Td.Tdr, 0));
            place.Page[place.Index] = SeptEntry.NonLeaf(frame);
            place.Page.SetChild(place.Index, new(frame, level - 1));
            Td.ChildCount++;
        }
    }

    public TdxWorld World { get; }

    public TdxModule Module => World.Module;

    public Td Td { get; }

    /// <summary>The states of a 4K entry in the order of their numbers.</summary>
    public static SeptEntryState[] States { get; } = Enum.GetValues<SeptEntryState>();

    /// <summary>An entry of a state as the module writes it.</summary>
    public static SeptEntry EntryOf(SeptEntryState state, ulong page = Page) => state switch
    {
        SeptEntryState.Free => SeptEntry.Free,
        SeptEntryState.Removed => SeptEntry.Removed(0),
        SeptEntryState.NonLeafMapped => SeptEntry.NonLeaf(new Spa(page).Frame),
        SeptEntryState.NonLeafBlocked => SeptEntry.NonLeaf(new Spa(page).Frame).With(state, 0),
        _ => SeptEntry.Leaf(state, new Spa(page).Frame, RightsOf(state)),
    };

    public SeptEntry this[ulong gpa]
    {
        get => Td.Sept!.Walk(new Gpa(gpa).Frame, SeptLevel.Pt).Entry;
        set
        {
            var place = Td.Sept!.Walk(new Gpa(gpa).Frame, SeptLevel.Pt);
            place.Page[place.Index] = value;
        }
    }

    /// <summary>Puts an entry into a state, with its page the TD's and the session's counters to match.</summary>
    public void Put(SeptEntryState state, ulong gpa = Gpa, ulong page = Page)
    {
        this[gpa] = EntryOf(state, page);
        if (state.IsLeaf())
        {
            Module.Pamt.Write(PageSize.Size4K, new Spa(page).Frame, new(PageType.Reg, Td.Tdr, 0));
            Td.ChildCount++;
            Td.MigratedCount += state.IsExported() ? 1u : 0u;
            Td.DirtyCount += state.IsExportedDirty() ? 1u : 0u;
        }
    }

    /// <summary>A vCPU inside the TD, made without calls.</summary>
    public TdVcpu AddVcpu()
    {
        var first = Td.Tdr + 0x40;
        var vcpu = new TdVcpu(Td, first) { IsInitialized = true, Processor = 0, Epoch = Td.Epoch, IsInside = true };
        Module.Pamt.Write(PageSize.Size4K, first, new(PageType.Tdvpr, Td.Tdr, 0));
        for (var page = 1UL; page <= TdVcpu.FewestControlPages; page++)
        {
            Module.Pamt.Write(PageSize.Size4K, first + page, new(PageType.Tdcx, Td.Tdr, 0));
            vcpu.ControlPageList.Add(first + page);
        }

        Td.VcpuList.Add(vcpu);
        Td.AssociatedVcpus++;
        Td.ChildCount += 1 + TdVcpu.FewestControlPages;
        Td.AddReference(Td.Epoch, 1);
        return vcpu;
    }

    /// <summary>Writes a list from entry 0 on.</summary>
    public void WriteList(params ReadOnlySpan<GpaListEntry> entries)
    {
        for (var index = 0; index < entries.Length; index++)
        {
            SetWord(List, index, entries[index].Raw);
        }
    }

    public ulong Word(ulong page, int index) => Module.Memory.Contents.Read(new Spa(page) + ((ulong)index * 8), 8);

    public void SetWord(ulong page, int index, ulong word) => Module.Memory.Contents.Write(new Spa(page) + ((ulong)index * 8), 8, word);

    public GpaListEntry Entry(int index = 0) => new(Word(List, index));

    public TdxResult Call(TdxFunction function, ulong rcx, ulong rdx = 0, ulong r8 = 0, ulong r9 = 0, ulong r10 = 0, ulong r13 = ulong.MaxValue) =>
        Module.Seamcall(function, new(rcx, rdx, r8, r9, r10, R13: r13));

    /// <summary>A call with a list of one entry.</summary>
    public TdxResult One(TdxFunction function, GpaListOperation operation = GpaListOperation.Migrate, ulong gpa = Gpa, bool isPending = false, ulong r13 = ulong.MaxValue)
    {
        WriteList(new GpaListEntry(new(gpa), operation, isPending));
        return Call(function, new GpaListInfo(new(List), 0).Raw, Tdr, r9: Buffers, r13: r13);
    }

    /// <summary>A call with everything written so far.</summary>
    public TdxResult Many(TdxFunction function, int last, ulong r10 = 0, int first = 0) =>
        Call(function, new GpaListInfo(new(List), last, first).Raw, Tdr, r9: Buffers, r10: r10);

    /// <summary>R8 for a bundle's head at <see cref="Bundle"/>.</summary>
    public static ulong BundleAt(ulong address = Bundle, ulong size = 48) => address | (size << 52);

    /// <summary>Writes the epoch of an epoch token.</summary>
    public void WriteToken(uint epoch) => Module.Memory.Contents.Write(new Spa(Bundle + 12), 4, epoch);

    /// <summary>The module's state in bytes, and the host's memory.</summary>
    public string Bytes()
    {
        var writer = new StateWriter([]);
        Module.WriteState(ref writer);
        Module.Memory.Contents.WriteState(ref writer);
        return Convert.ToHexString(writer.Written);
    }

    private static ulong RightsOf(SeptEntryState state) => state switch
    {
        SeptEntryState.Mapped or SeptEntryState.ExportedDirty => SeptEntry.ReadWriteExecute,
        SeptEntryState.BlockedWrite or SeptEntryState.ExportedBlockedWrite or SeptEntryState.ExportedDirtyBlockedWrite => SeptEntry.ReadExecute,
        _ => 0,
    };
}
