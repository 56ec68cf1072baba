namespace GuestMemory.Tdx.Tests.Invariants;

/// <summary>A world whose state is written past the module's functions: a TD with a table, a page it has and a page that is pending, and a second TD.</summary>
internal sealed class HandMade
{
    public static readonly Pfn Mapped = new(0x40400);
    public static readonly Pfn Pending = new(0x40401);
    public static readonly Pfn Free = new(0x40402);
    public static readonly Pfn Large = new(0x40800);
    private static readonly Pfn s_table = new(0x40010);

    public HandMade(TdxOpState opState = TdxOpState.Runnable, TdxPlatform? platform = null)
    {
        World = new(platform);
        Td = World.AddTd(opState: opState);
        Other = World.AddTd(TdxWorld.SecondTdmr, hkid: 34);
        Table(new(0), SeptLevel.Pml4, s_table);
        Table(new(0), SeptLevel.Pdpt, s_table + 1);
        Table(new(0), SeptLevel.Pd, s_table + 2);
        Page(new(2), SeptLevel.Pt, Mapped, SeptEntryState.Mapped);
        Page(new(3), SeptLevel.Pt, Pending, SeptEntryState.Pending);
        Page(new(0x200), SeptLevel.Pd, Large, SeptEntryState.Mapped);
    }

    public TdxWorld World { get; }

    public TdxModule Module => World.Module;

    public Td Td { get; }

    public Td Other { get; }

    public static ulong RightsOf(SeptEntryState state) =>
        !state.IsGuestAccessible() ? 0 : state.IsWriteBlocked() ? SeptEntry.ReadExecute : SeptEntry.ReadWriteExecute;

    public SeptPlace Place(Gfn gfn, SeptLevel level) => Td.Sept!.Walk(gfn, level);

    public void Write(Gfn gfn, SeptLevel level, SeptEntry entry)
    {
        var place = Place(gfn, level);
        place.Page[place.Index] = entry;
    }

    public void SetState(Gfn gfn, SeptEntryState state, SeptLevel level = SeptLevel.Pt) =>
        Write(gfn, level, Place(gfn, level).Entry.With(state, RightsOf(state)));

    public void SetBepoch(Pfn frame, ulong bepoch) => Module.Pamt.Write(PageSize.Size4K, frame, Module.Pamt[PageSize.Size4K, frame] with { Bepoch = bepoch });

    public void Table(Gfn gfn, SeptLevel level, Pfn frame)
    {
        var place = Place(gfn, level);
        place.Page[place.Index] = SeptEntry.NonLeaf(frame);
        place.Page.SetChild(place.Index, new(frame, level - 1));
        Own(frame, PageSize.Size4K, PageType.Ept);
    }

    public void Page(Gfn gfn, SeptLevel level, Pfn frame, SeptEntryState state)
    {
        Write(gfn, level, SeptEntry.Leaf(state, frame, RightsOf(state)));
        Own(frame, level.PageSize(), PageType.Reg);
    }

    public void Own(Pfn frame, PageSize size, PageType type)
    {
        Module.Pamt.Write(size, frame, new(type, Td.Tdr, 0));
        Td.ChildCount += size.FrameCount();
    }

    public void Disown(Pfn frame, PageSize size = PageSize.Size4K)
    {
        Module.Pamt.Write(size, frame, default);
        Td.ChildCount -= size.FrameCount();
    }

    /// <summary>A vCPU that entered in the TD's epoch.</summary>
    public TdVcpu Vcpu()
    {
        var vcpu = new TdVcpu(Td, new(0x40020)) { IsInitialized = true, Processor = 0, Epoch = Td.Epoch, IsInside = true };
        Td.VcpuList.Add(vcpu);
        Td.AssociatedVcpus++;
        Td.AddReference(Td.Epoch, 1);
        Own(vcpu.Tdvpr, PageSize.Size4K, PageType.Tdvpr);
        return vcpu;
    }

    /// <summary>A call of the host that ended, as the module would tell of it: RCX a guest address, RDX the TD, R8 a page.</summary>
    public TdxOperation Call(TdxFunction function, ulong gpa = 0x2000, Pfn page = default, TdxStatus status = default) =>
        new(TdxOperationKind.HostCall, function, default, new(gpa, Td.Tdr.Address.Value, page.Address.Value), new(status));
}
