using Xunit;
using static GuestMemory.Tdx.SeptEntryState;

namespace GuestMemory.Tdx.Tests.Migration;

// tdx.md, 10: IMPORT.MEM; tdx-module, tdh_import_mem.c.
public sealed class ImportTests
{
    private const ulong Gpa = MigrationWorld.Gpa;
    private const ulong Page = MigrationWorld.Page;
    private const ulong Fatal = 1UL << 61;

    // PAMT BEPOCH = bit 63, export count, migration epoch; the page is the TD's and reads as zero (MB-70).
    [Theory]
    [InlineData(TdxOpState.MemoryImport)]
    [InlineData(TdxOpState.StateImport)]
    [InlineData(TdxOpState.PostImport)]
    [InlineData(TdxOpState.LiveImport)]
    public void A_page_is_imported_for_the_first_time(TdxOpState opState)
    {
        foreach (var (before, pending, inPlace) in new[] { (Free, false, false), (Free, true, true), (Removed, true, false), (Removed, false, true) })
        {
            var world = World(opState);
            world.Put(before);
            world.Module.Memory.Contents.Write(new Spa(Page), 8, 0x1234);
            world.SetWord(MigrationWorld.Buffers, 0, inPlace ? Page : 0x104000);
            world.SetWord(MigrationWorld.NewPages, 0, Page);
            var children = world.Td.ChildCount;
            var done = world.One(TdxFunction.ImportMem, isPending: pending, r13: inPlace ? ulong.MaxValue : MigrationWorld.NewPages);
            Assert.Equal((0UL, 0x100008UL), (done.Status.Value, done.Rcx));
            Assert.Equal(0x10000000002000UL | (pending ? 4UL : 0), world.Entry().Raw);
            Assert.Equal(MigrationWorld.EntryOf(pending ? Pending : Mapped), world[Gpa]);
            Assert.Equal(new PamtEntry(PageType.Reg, world.Td.Tdr, 0x8000000500000003), world.Module.Pamt.LookUp(new Spa(Page).Frame, out _));
            Assert.Equal(children + 1, world.Td.ChildCount);
            Assert.Equal(pending ? 0x1234UL : 0, world.Module.Memory.Contents.Read(new Spa(Page), 8));
            Assert.Equal(Page, world.Word(MigrationWorld.NewPages, 0));
        }
    }

    // R13's list has no page: the buffer becomes the page.
    [Fact]
    public void Where_no_page_is_given_the_buffer_becomes_the_page()
    {
        var world = World(TdxOpState.MemoryImport);
        world.SetWord(MigrationWorld.Buffers, 0, (31UL << 46) | Page);
        world.SetWord(MigrationWorld.NewPages, 0, 1UL << 63);
        Assert.Equal(0UL, world.One(TdxFunction.ImportMem, r13: MigrationWorld.NewPages).Status.Value);
        Assert.Equal(MigrationWorld.EntryOf(Mapped), world[Gpa]);
    }

    // REMIGRATE: a later epoch's version; only the epoch in the tag changes. A pending page may become a mapped one.
    [Fact]
    public void A_page_is_imported_again_in_a_later_epoch()
    {
        foreach (var (before, pending) in new[] { (Mapped, false), (Pending, true), (Pending, false) })
        {
            var world = World(TdxOpState.MemoryImport);
            Imported(world, before, epoch: 2);
            var children = world.Td.ChildCount;
            Assert.Equal(0UL, world.One(TdxFunction.ImportMem, GpaListOperation.Remigrate, isPending: pending).Status.Value);
            Assert.Equal(MigrationWorld.EntryOf(pending ? Pending : Mapped), world[Gpa]);
            Assert.Equal(0x8000000500000003UL, world.Module.Pamt.LookUp(new Spa(Page).Frame, out _).Bepoch);
            Assert.Equal(children, world.Td.ChildCount);
        }
    }

    // CANCEL: REMOVED with the epoch, the page free.
    [Fact]
    public void An_import_is_taken_back_and_leaves_a_removed_entry()
    {
        foreach (var before in new[] { Mapped, Pending })
        {
            var world = World(TdxOpState.MemoryImport);
            Imported(world, before, epoch: 2);
            var children = world.Td.ChildCount;
            Assert.Equal(0UL, world.One(TdxFunction.ImportMem, GpaListOperation.Cancel).Status.Value);
            Assert.Equal(SeptEntry.Removed(3), world[Gpa]);
            Assert.Equal((PageType.Nda, children - 1), (world.Module.Pamt.LookUp(new Spa(Page).Frame, out _).Type, world.Td.ChildCount));
            var refused = world.One(TdxFunction.ImportMem);
            Assert.Equal(0xc0000e1100000061UL | Fatal, refused.Status.Value);
        }
    }

    // What ends an import: in order it fails with bit 61; a running TD goes on without it (abort_import_session). Elsewhere a problem is counted.
    public static TheoryData<string, TdxOpState, string, int, ulong, bool> Problems
    {
        get
        {
            var data = new TheoryData<string, TdxOpState, string, int, ulong, bool>();
            foreach (var (name, code, status, always) in Rows)
            {
                var onlyInOrder = name is "again-free" or "again-busy" or "again-epoch" or "cancel-epoch" or "again-pending";
                foreach (var opState in new[] { TdxOpState.MemoryImport, TdxOpState.StateImport, TdxOpState.PostImport, TdxOpState.LiveImport })
                {
                    var inOrder = opState <= TdxOpState.StateImport;
                    if ((!onlyInOrder || inOrder) && (name != "late" || !inOrder))
                    {
                        data.Add(name, opState, PointOf(name), status, code, always);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Problems))]
    public void A_problem_ends_the_import_or_is_counted(string name, TdxOpState opState, string point, int status, ulong code, bool always)
    {
        var world = World(opState);
        var entry = Prepare(world, name);
        world.WriteList(entry, entry);
        var septBefore = world[Gpa];
        var children = world.Td.ChildCount;
        var answer = world.Call(TdxFunction.ImportMem, new GpaListInfo(new(MigrationWorld.List), 0).Raw, MigrationWorld.Tdr, r9: MigrationWorld.Buffers, r13: name == "nowhere" || name == "in-place" ? ulong.MaxValue : MigrationWorld.NewPages);
        var (runs, ends) = (opState == TdxOpState.LiveImport, always || opState <= TdxOpState.StateImport);
        Assert.Equal(!ends ? 1UL : runs ? code : code | Fatal, answer.Status.Value);
        Assert.Equal("TDH.IMPORT.MEM/" + point, answer.DecidedBy!.Id);
        Assert.Equal(new GpaListInfo(new(MigrationWorld.List), 0, ends ? 0 : 1).Raw, answer.Rcx);
        Assert.Equal(!ends ? opState : runs ? TdxOpState.Runnable : TdxOpState.FailedImport, world.Td.OpState);
        Assert.Equal((GpaListOperation.Nop, (GpaEntryStatus)status), (world.Entry().Operation, world.Entry().Status));
        Assert.Equal(name == "busy" ? septBefore.WithHostPriority(true) : septBefore, world[Gpa]);
        Assert.Equal(children, world.Td.ChildCount);
        Assert.Equal(name is not ("nowhere" or "in-place"), world.Word(MigrationWorld.NewPages, 0) >> 63 != 0);
    }

    // NOP: no problem; the page given for it is marked unused.
    [Fact]
    public void What_was_not_asked_for_is_skipped_and_its_page_given_back()
    {
        var world = World(TdxOpState.MemoryImport);
        world.SetWord(MigrationWorld.NewPages, 0, Page);
        var skipped = world.One(TdxFunction.ImportMem, GpaListOperation.Nop, r13: MigrationWorld.NewPages);
        Assert.Equal((0UL, 0x100008UL), (skipped.Status.Value, skipped.Rcx));
        Assert.Null(skipped.DecidedBy);
        Assert.Equal((0x0100000000002000UL, Page | (1UL << 63)), (world.Entry().Raw, world.Word(MigrationWorld.NewPages, 0)));
        Assert.Equal(TdxOpState.MemoryImport, world.Td.OpState);
    }

    // The lists' places, after the GPA list's own; and a list not resumed begins at entry 0.
    [Fact]
    public void Lists_that_cannot_be_are_refused_before_anything_is_done()
    {
        var list = new GpaListInfo(new(MigrationWorld.List), 1);
        foreach (var (rcx, r9, r13, status) in new[]
        {
            (list.Raw, MigrationWorld.Buffers + 8, 1UL, 0xc000010000000009UL),
            (list.Raw, 1UL << 51, ulong.MaxValue, 0xc000010000000009UL),
            (list.Raw, MigrationWorld.Buffers, 0x3_0000_0000UL, 0xc00001000000000dUL),
            (list.From(1).Raw, MigrationWorld.Buffers, ulong.MaxValue, 0xc000010000000001UL),
            (list.Raw | 1, 1UL, 1UL, 0xc000010000000001UL),
        })
        {
            var world = World(TdxOpState.MemoryImport);
            var before = world.Bytes();
            var refused = world.Call(TdxFunction.ImportMem, rcx, MigrationWorld.Tdr, r9: r9, r13: r13);
            Assert.Equal((status, rcx), (refused.Status.Value, refused.Rcx));
            Assert.Equal(before, world.Bytes());
        }
    }

    // Name, status of the call where it ends, status of the entry, whether it ends the import in every phase.
    private static readonly (string Name, ulong Code, int Status, bool Always)[] s_rows =
    [
        ("form", 0xc000010000000061, 15, true),
        ("shared", 0xc000010000000061, 15, true),
        ("walk", 0xc0000b0000000061, 2, false),
        ("busy", 0x8000020000000061, 3, false),
        ("state", 0xc0000b0d00000061, 4, false),
        ("late", 0xc000060800000000, 6, true),
        ("buffer", 0xc000010000000062, 8, true),
        ("private-buffer", 0xc000010000000062, 8, true),
        ("mapped", 0xc0000b0d00000061, 4, false),
        ("removed", 0xc0000e1100000061, 11, true),
        ("nowhere", 0xc000010000000062, 8, true),
        ("page-form", 0xc000010000000063, 9, true),
        ("in-place", 0xc000010000000063, 9, false),
        ("page-range", 0xc000010100000063, 9, false),
        ("page-tdr", 0x8000020000000063, 9, false),
        ("page-held", 0x8000020000000063, 9, false),
        ("page-used", 0xc000030000000063, 9, false),
        ("again-free", 0xc0000b0d00000061, 4, true),
        ("again-busy", 0x8000020000000061, 12, true),
        ("again-epoch", 0xc0000e1000000061, 7, true),
        ("cancel-epoch", 0xc0000e1000000061, 7, true),
        ("again-pending", 0xc0000e0c00000061, 4, true),
    ];

    private static (string Name, ulong Code, int Status, bool Always)[] Rows => s_rows;

    private static string PointOf(string name) => name switch
    {
        "form" => "entry-form",
        "shared" => "entry-private",
        "walk" => "entry-walk",
        "busy" => "entry-busy",
        "state" => "entry-state",
        "late" => "entry-phase",
        "buffer" or "private-buffer" => "entry-buffer",
        "mapped" => "entry-free",
        "removed" => "entry-removed",
        "nowhere" => "entry-place",
        "page-form" => "new-page-form",
        "in-place" => "page-form",
        "page-range" => "page-range",
        "page-tdr" or "page-held" => "page-busy",
        "page-used" => "page-free",
        "again-free" => "entry-imported",
        "again-busy" => "entry-page-busy",
        "again-epoch" or "cancel-epoch" => "entry-epoch",
        _ => "entry-pending",
    };

    private static GpaListEntry Prepare(MigrationWorld world, string name)
    {
        world.SetWord(MigrationWorld.Buffers, 0, name switch
        {
            "buffer" or "nowhere" => 1UL << 63,
            "private-buffer" => 1UL << 51,
            "in-place" => Page | 1,
            _ => 0x104000,
        });
        world.SetWord(MigrationWorld.NewPages, 0, name switch
        {
            "page-form" => Page | (1UL << 50),
            "page-range" => 0x1000,
            "page-tdr" => MigrationWorld.Tdr,
            "page-used" => MigrationWorld.Tdr + 0x1000,
            _ => Page,
        });
        PrepareEntry(world, name);
        var operation = name switch
        {
            "late" or "again-busy" or "cancel-epoch" => GpaListOperation.Cancel,
            "again-free" or "again-epoch" or "again-pending" => GpaListOperation.Remigrate,
            _ => GpaListOperation.Migrate,
        };
        var entry = new GpaListEntry(new(name == "walk" ? 0x200000 : Gpa), operation, isPending: name is "nowhere" or "again-pending");
        return name switch
        {
            "form" => new(entry.Raw | 0x40),
            "shared" => new(entry.Raw | (1UL << 47)),
            _ => entry,
        };
    }

    private static void PrepareEntry(MigrationWorld world, string name)
    {
        switch (name)
        {
            case "busy":
                world[Gpa] = SeptEntry.Free.WithLock(true);
                break;
            case "state":
                Imported(world, Blocked, 2);
                break;
            case "mapped" or "late" or "again-pending":
                Imported(world, Mapped, 2);
                break;
            case "removed":
                world[Gpa] = SeptEntry.Removed(uint.MaxValue);
                break;
            case "again-busy":
                Imported(world, Mapped, 2);
                world.Module.Locks.Take(HeldLock.Pamt(PageSize.Size4K, new Spa(Page).Frame), exclusive: false);
                break;
            case "again-epoch" or "cancel-epoch":
                Imported(world, Pending, 3);
                break;
            case "page-held":
                world.Module.Locks.Take(HeldLock.Pamt(PageSize.Size4K, new Spa(Page).Frame), exclusive: false);
                break;
        }
    }

    private static MigrationWorld World(TdxOpState opState)
    {
        var world = new MigrationWorld(opState);
        (world.Td.MigrationEpoch, world.Td.ExportCount) = (3, 5);
        world.SetWord(MigrationWorld.Buffers, 0, 0x104000);
        return world;
    }

    private static void Imported(MigrationWorld world, SeptEntryState state, uint epoch)
    {
        world.Put(state);
        world.Module.Pamt.Write(PageSize.Size4K, new Spa(Page).Frame, new(PageType.Reg, world.Td.Tdr, 0x8000000500000000 | epoch));
    }
}
