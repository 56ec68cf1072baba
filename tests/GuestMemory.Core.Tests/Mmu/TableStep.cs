using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Tests;

/// <summary>One random call of a nested page table.</summary>
internal readonly record struct TableStep(TableCall Call, ulong Gfn, ulong Count, ulong Frame, PageSize Size, PageKind Kind, bool Writable, KindFilter Kinds)
{
    public static Gen<TableStep> Any { get; } =
        from call in Gen.Frequency(
            (5, Gen.Constant(TableCall.Map)), (2, Gen.Constant(TableCall.Unmap)), (2, Gen.Constant(TableCall.Flush)), (1, Gen.Constant(TableCall.Split)),
            (1, Gen.Constant(TableCall.Merge)), (1, Gen.Constant(TableCall.WriteProtect)), (2, Gen.Constant(TableCall.Cache)))
        from size in Gen.Elements(PageSize.Size4K, PageSize.Size4K, PageSize.Size2M)
        from gfn in Places(NaiveTable.Gfns)
        from frame in Places(NaiveTable.Frames)
        from count in Gen.Frequency((3, Sequences.Below(4)), (1, Sequences.Below(700)))
        from kind in Gen.Elements(PageKind.Shared, PageKind.Private)
        from writable in Gen.Elements(true, true, false)
        from kinds in Gen.Elements(KindFilter.Both, KindFilter.Shared, KindFilter.Private, KindFilter.None)
        select new TableStep(
            call, gfn, Math.Min(count, NaiveTable.Gfns - gfn), frame, size, kind, writable, kinds);

    public ulong End => Gfn + Count;

    /// <summary>The step as a map: both sides aligned to the size.</summary>
    public MapRequest ToRequest(MmuSample sample) =>
        new(new Gfn(Gfn).AlignDown(Size), new Pfn(Frame).AlignDown(Size), Size, Kind, Writable, sample);

    // Mostly beside the borders of 2M blocks, where the interesting cases are; identity offsets are frequent, so that leaves can merge.
    private static Gen<ulong> Places(ulong limit) => Gen.OneOf(
        Gen.Elements(0UL, 1UL, 511UL, 512UL, 513UL, 1023UL, 1024UL, limit - 1), Sequences.Below(limit), Gen.Constant(512UL));
}
