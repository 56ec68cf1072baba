using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Rmp.Tests.Table;

/// <summary>One change of a table and of its naive model.</summary>
internal sealed record TableChange(int Kind, Pfn Frame, ulong Count, RmpEntry Entry)
{
    /// <summary>In two chunks: the first two blocks, and those on both sides of 1 GiB.</summary>
    public static IReadOnlyList<Pfn> Heads { get; } = [new(0), new(512), new(511 * 512), new(512 * 512)];

    public static IReadOnlyList<Asid> Asids { get; } = [new(5), new(6), new(5000)];

    /// <summary>Sequences; a failing one is shrunk by leaving changes out.</summary>
    public static Arbitrary<TableChange[]> Sequences { get; } = Arb.From(Gen.ArrayOf(Changes()), Shorter);

    public static IEnumerable<Pfn> Frames { get; } = [.. from head in Heads from page in Enumerable.Range(0, 512) select head + (ulong)page];

    /// <summary>Makes the change, unless it would write inside a live 2M page: there the table refuses.</summary>
    public void Apply(ReverseMapTable table, NaiveTable model)
    {
        var head = Frame.AlignDown(PageSize.Size2M);
        switch (Kind)
        {
            case 0 when !model.IsLarge(Frame):
                table.Write(Frame, Entry);
                model.Write(Frame, Entry);
                break;
            case 1:
                table.WriteLarge(head, Entry);
                model.WriteLarge(head, Entry);
                break;
            case 2 when model.IsLarge(head):
                table.Smash(head);
                model.Smash(head);
                break;
            case 3:
                Fill(table, model);
                break;
            case 4:
                Change(table, model, head);
                break;
            case 5 when !model.IsLarge(head):
                WriteEach(table, model, head);
                break;
        }
    }

    // Of a 2M page everything may change but its size.
    private void Change(ReverseMapTable table, NaiveTable model, Pfn head)
    {
        var isLarge = model.IsLarge(head);
        var frame = isLarge ? head : Frame;
        var entry = Entry with { Assigned = Entry.Assigned || isLarge, Size = isLarge ? PageSize.Size2M : PageSize.Size4K };
        table.Change(frame, entry);
        model.Write(frame, entry);
    }

    private void Fill(ReverseMapTable table, NaiveTable model)
    {
        var run = new PfnRange(Frame, Count);
        var cut = Frames.Where(frame => run.Contains(frame) && model.IsLarge(frame)).Any(frame => !run.Contains(new PfnRange(frame.AlignDown(PageSize.Size2M), 512)));
        if (cut)
        {
            return;
        }

        table.Fill(run, Entry);
        for (var frame = run.Start; frame < run.End; frame += 1)
        {
            model.Write(frame, Entry);
        }
    }

    // Entry by entry, so that a block comes to be alike or consecutive without having been written as one.
    private void WriteEach(ReverseMapTable table, NaiveTable model, Pfn head)
    {
        for (var page = 0UL; page < 512; page++)
        {
            var entry = Entry.Assigned ? Entry with { Gpa = Entry.Gpa + (Count % 2 * (page << 12)) } : Entry;
            table.Write(head + page, entry);
            model.Write(head + page, entry);
        }
    }

    private static Gen<TableChange> Changes() =>
        from kind in Gen.Frequency((6, Gen.Constant(0)), (2, Gen.Constant(1)), (2, Gen.Constant(2)), (1, Gen.Constant(3)), (2, Gen.Constant(4)), (1, Gen.Constant(5)))
        from at in Gen.Choose(0, 3)
        from page in Gen.Elements<ulong>(0, 1, 2, 511)
        from count in Gen.Elements<ulong>(1, 2, 511, 512, 513, 1024)
        from entry in Entries()
        let room = (at % 2 == 0 ? 1024UL : 512) - page
        select new TableChange(kind, Heads[at] + page, Math.Min(count, room), entry);

    private static Gen<RmpEntry> Entries() =>
        from kind in Gen.Choose(0, 5)
        from asid in Gen.Elements<Asid>([.. Asids])
        from page in Gen.Elements<ulong>(0, 512, 513)
        from flags in Gen.Choose(0, 7)
        let guest = new RmpEntry
        {
            Assigned = true, Asid = asid, Gpa = new(page << 12),
            Immutable = (flags & 1) != 0, Validated = (flags & 2) != 0, Vmsa = (flags & 4) != 0, Permissions = (uint)flags,
        }
        select kind switch
        {
            0 => default,
            1 => new() { Assigned = true, Immutable = true },
            2 => new() { Immutable = true },
            _ => guest,
        };

    private static IEnumerable<TableChange[]> Shorter(TableChange[] changes) =>
        Enumerable.Range(0, changes.Length).Select(at => changes.Where((_, other) => other != at).ToArray());
}
