namespace GuestMemory.Tdx.Tests.Memory;

/// <summary>The scenarios' world (tdx.md, 16): one TD, tables for guest addresses 0 to 2 MiB, free pages P and Q, a free 2M range H. The guest's part is played on the entries.</summary>
internal sealed class MemoryWorld
{
    public const ulong Tdr = TdxWorld.FirstTdmr;
    public const ulong Pml4Table = 0x4000_d000;
    public const ulong PdptTable = 0x4000_e000;
    public const ulong PdTable = 0x4000_f000;
    public const ulong T = 0x4001_0000;
    public const ulong P = 0x4040_0000;
    public const ulong Q = 0x4040_1000;
    public const ulong H = 0x4060_0000;

    public MemoryWorld(TdxOpState opState = TdxOpState.Runnable, TdxModuleVersion? version = null, RuleSwitches? rules = null)
    {
        World = new(version is null ? null : TdxWorld.Recorded with { Version = version }, rules);
        Td = World.AddTd(opState: opState);
        AddTables(Tdr, Pml4Table);
    }

    public TdxWorld World { get; }

    public TdxModule Module => World.Module;

    public Td Td { get; }

    public void AddTables(ulong tdr, ulong page)
    {
        for (var level = SeptLevel.Pml4; level >= SeptLevel.Pd; level--)
        {
            World.Call(TdxFunction.MemSeptAdd, (ulong)level, tdr, page);
            page += 0x1000;
        }
    }

    public TdxResult Call(TdxFunction function, ulong gpaAndLevel, ulong r8 = 0, ulong r9 = 0) => World.Call(function, gpaAndLevel, Tdr, r8, r9);

    public TdxResult Aug(ulong gpaAndLevel, ulong page) => Call(TdxFunction.MemPageAug, gpaAndLevel, page);

    public TdxResult Block(ulong gpaAndLevel) => Call(TdxFunction.MemRangeBlock, gpaAndLevel);

    public TdxResult Unblock(ulong gpaAndLevel) => Call(TdxFunction.MemRangeUnblock, gpaAndLevel);

    public TdxResult Track(ulong tdr = Tdr) => World.Call(TdxFunction.MemTrack, tdr);

    public TdxResult Remove(ulong gpaAndLevel) => Call(TdxFunction.MemPageRemove, gpaAndLevel);

    public TdxResult Demote(ulong gpaAndLevel, ulong page = T) => Call(TdxFunction.MemPageDemote, gpaAndLevel, page);

    public TdxResult Promote(ulong gpaAndLevel) => Call(TdxFunction.MemPagePromote, gpaAndLevel);

    public TdxResult Relocate(ulong gpaAndLevel, ulong page) => Call(TdxFunction.MemPageRelocate, gpaAndLevel, page);

    public TdxResult SeptAdd(ulong gpaAndLevel, ulong page = T) => Call(TdxFunction.MemSeptAdd, gpaAndLevel, page);

    public TdxResult SeptRemove(ulong gpaAndLevel) => Call(TdxFunction.MemSeptRemove, gpaAndLevel);

    public TdxResult SeptRd(ulong gpaAndLevel) => Call(TdxFunction.MemSeptRd, gpaAndLevel);

    /// <summary>Block, track, nobody inside: what the function after it needs.</summary>
    public void BlockAndTrack(ulong gpaAndLevel)
    {
        Block(gpaAndLevel);
        Track();
    }

    /// <summary>What the guest does by accepting: zeroes, and the entry mapped.</summary>
    public void Accept(ulong gpaAndLevel)
    {
        var place = PlaceOf(gpaAndLevel);
        Module.Memory.Contents.Clear(new(place.Entry.Page(place.Level), place.Level.FrameCount()));
        place.Page[place.Index] = place.Entry.With(SeptEntryState.Mapped, SeptEntry.ReadWriteExecute);
    }

    public void Enter() => Td.AddReference(Td.Epoch, 1);

    public void Exit(ulong epoch) => Td.AddReference(epoch, -1);

    public SeptPlace PlaceOf(ulong gpaAndLevel) => Td.Sept!.Walk(new Gpa(gpaAndLevel & ~0xfffUL).Frame, (SeptLevel)(gpaAndLevel & 7));

    public SeptEntry Entry(ulong gpaAndLevel) => PlaceOf(gpaAndLevel).Entry;

    public void SetEntry(ulong gpaAndLevel, SeptEntry entry)
    {
        var place = PlaceOf(gpaAndLevel);
        place.Page[place.Index] = entry;
    }

    public PamtEntry Metadata(ulong page, out PageSize size) => Module.Pamt.LookUp(new Spa(page).Frame, out size);

    public PageType TypeOf(ulong page) => Metadata(page, out _).Type;

    public ulong Word(ulong at) => Module.Memory.Contents.Read(new(at), length: 8);

    public void Write(ulong at, ulong value) => Module.Memory.Contents.Write(new(at), length: 8, value);

    /// <summary>Everything the module keeps, and all bytes.</summary>
    public byte[] Bytes()
    {
        var writer = new StateWriter([]);
        Module.WriteState(ref writer);
        Module.Memory.Contents.WriteState(ref writer);
        return writer.Written.ToArray();
    }
}
