using Xunit;

namespace GuestMemory.Tdx.Tests.Guests;

/// <summary>A TD with tables for its first 2 MiB and one vCPU inside, on the machine of the recordings, and shorthand for what the guest does.</summary>
internal sealed class GuestWorld
{
    /// <summary>A free page of 4K.</summary>
    public const ulong P = 0x40400000;

    /// <summary>A free range of 2M.</summary>
    public const ulong H = 0x40600000;

    private ulong _next = 0x4000e000;

    public GuestWorld(TdxPlatform? platform = null, RuleSwitches? rules = null, bool isWide = false)
    {
        World = new(platform, rules);
        Td = World.AddTd();
        Td.IsWide = isWide;
        Td.Sept = new(Td.ControlPages[Td.SeptRootPage], isWide ? SeptLevel.Pml5 : SeptLevel.Pml4);
        AddTables(Td, 0, SeptLevel.Pd);
        Tdvpr = AddVcpu(Td).Tdvpr;
    }

    public TdxWorld World { get; }

    public TdxModule Module => World.Module;

    public Td Td { get; }

    public Pfn Tdvpr { get; }

    public static TdxPlatform With(MemoryIntegrity integrity) => TdxWorld.Recorded with { Integrity = integrity };

    /// <summary>A vCPU inside its TD, on processor 0.</summary>
    public TdVcpu AddVcpu(Td td)
    {
        var page = NextPage(td, PageType.Tdvpr);
        var vcpu = new TdVcpu(td, page) { IsInitialized = true, Processor = 0, Epoch = td.Epoch, IsInside = true };
        for (var control = 0; control < TdVcpu.FewestControlPages; control++)
        {
            vcpu.ControlPageList.Add(NextPage(td, PageType.Tdcx));
        }

        td.VcpuList.Add(vcpu);
        td.AssociatedVcpus++;
        td.AddReference(td.Epoch, 1);
        return vcpu;
    }

    /// <summary>Tables from below the root down to entries of a level.</summary>
    public void AddTables(Td td, ulong gpa, SeptLevel lowest)
    {
        for (var level = td.Sept!.RootLevel; level >= lowest; level--)
        {
            var place = td.Sept.Walk(new Gpa(gpa).Frame, level);
            if (place.Level == level && place.Entry.State == SeptEntryState.Free)
            {
                var page = NextPage(td, PageType.Ept);
                place.Page[place.Index] = SeptEntry.NonLeaf(page);
                place.Page.SetChild(place.Index, new(page, level - 1));
            }
        }
    }

    /// <summary>A page of the TD in a state, made without calls.</summary>
    public void Map(Td td, ulong gpa, ulong page, SeptEntryState state, SeptLevel level = SeptLevel.Pt)
    {
        var frame = new Spa(page).Frame;
        Module.Pamt.Write(level.PageSize(), frame, new(PageType.Reg, td.Tdr, 0));
        td.ChildCount += level.FrameCount();
        Put(td, gpa, SeptEntry.Leaf(state, frame, RightsOf(state)), level);
    }

    public void Map(ulong gpa, ulong page, SeptEntryState state, SeptLevel level = SeptLevel.Pt) => Map(Td, gpa, page, state, level);

    /// <summary>Writes an entry.</summary>
    public static void Put(Td td, ulong gpa, SeptEntry entry, SeptLevel level = SeptLevel.Pt)
    {
        var place = td.Sept!.Walk(new Gpa(gpa).Frame, level);
        place.Page[place.Index] = entry;
    }

    public SeptEntry EntryAt(ulong gpa, SeptLevel level = SeptLevel.Pt) => Td.Sept!.Walk(new Gpa(gpa).Frame, level).Entry;

    public TdxResult Aug(ulong gpa, ulong page, SeptLevel level = SeptLevel.Pt) =>
        World.Call(TdxFunction.MemPageAug, gpa | (ulong)level, Td.Tdr.Address.Value, page);

    /// <summary>A function of the host for a page of 4K of the TD.</summary>
    public TdxResult Host(TdxFunction function, ulong gpa) => World.Call(function, gpa, Td.Tdr.Address.Value);

    public TdxResult Track() => World.Call(TdxFunction.MemTrack, Td.Tdr.Address.Value);

    /// <summary>The vCPU leaves.</summary>
    public void Leave() => Module.Exit(Tdvpr);

    /// <summary>The vCPU enters, on processor 0.</summary>
    public void Enter() => Require(World.Call(TdxFunction.VpEnter, Tdvpr.Address.Value));

    /// <summary>Takes a page of 4K away as a host does; the vCPU is outside then.</summary>
    public void Remove(ulong gpa)
    {
        Require(Host(TdxFunction.MemRangeBlock, gpa));
        Require(Track());
        Leave();
        Require(Host(TdxFunction.MemPageRemove, gpa));
    }

    public GuestResult Accept(ulong gpa, SeptLevel level = SeptLevel.Pt) => Module.Tdcall(TdxFunction.GuestPageAccept, Tdvpr, new(gpa | (ulong)level));

    public GuestResult Read(ulong gpa, int length = 8) => Module.GuestRead(Tdvpr, new(gpa), length);

    public GuestResult Write(ulong gpa, ulong value, int length = 8) => Module.GuestWrite(Tdvpr, new(gpa), length, value);

    private static void Require(TdxResult result) => Assert.Equal(0UL, result.Status.Value);

    private static ulong RightsOf(SeptEntryState state) => state switch
    {
        SeptEntryState.Mapped or SeptEntryState.ExportedDirty => SeptEntry.ReadWriteExecute,
        SeptEntryState.BlockedWrite or SeptEntryState.ExportedBlockedWrite or SeptEntryState.ExportedDirtyBlockedWrite => SeptEntry.ReadExecute,
        _ => 0,
    };

    private Pfn NextPage(Td td, PageType type)
    {
        var page = new Spa(_next).Frame;
        _next += 0x1000;
        Module.Pamt.Write(PageSize.Size4K, page, new(type, td.Tdr, 0));
        td.ChildCount++;
        return page;
    }
}
