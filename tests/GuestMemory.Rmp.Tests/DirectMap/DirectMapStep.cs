using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Rmp.Tests.DirectMap;

/// <summary>One thing a host does to one of two blocks.</summary>
/// <param name="Call">0 to 2: a 2M update to the guest, or shared; PSMASH. 3 to 5: a 4K update to the guest, to the firmware, or shared. 6: all 512 pages shared. 7: a write.</param>
/// <param name="Block">Which block.</param>
/// <param name="Page">Which page of it.</param>
/// <param name="Kind">What is written.</param>
internal readonly record struct DirectMapStep(int Call, int Block, ulong Page, HostDataKind Kind)
{
    public static Pfn[] Blocks { get; } = [SnpWorld.H(), SnpWorld.H(512)];

    public static Gen<DirectMapStep> Any { get; } =
        from call in Gen.Choose(0, 7)
        from block in Gen.Choose(0, 1)
        from page in Gen.Elements(0UL, 1UL, 2UL, 511UL)
        from kind in Gen.Elements(Enum.GetValues<HostDataKind>())
        select new DirectMapStep(call, block, page, kind);

    public static void Check(int tests, Action<DirectMapStep[]> fact) =>
        Prop.ForAll(Any.ArrayOf(40).ToArbitrary(), fact).Check(Config.QuickThrowOnFailure.WithMaxTest(tests));

    public void Apply(DirectMapWorld host)
    {
        var (head, page) = (Blocks[Block], Blocks[Block] + Page);
        var gpa = SnpWorld.G(((ulong)Block * 512) + Page);
        switch (Call)
        {
            case 0:
                host.AssignLarge(head, SnpWorld.G((ulong)Block * 512));
                break;
            case 1:
                host.Share(head, PageSize.Size2M);
                break;
            case 2:
                host.Map.Psmash(page);
                break;
            case 3:
                host.Assign(page, gpa);
                break;
            case 4:
                host.ToFirmware(page);
                break;
            case 5:
                host.Share(page);
                break;
            case 6:
                ShareAll(host, head);
                break;
            default:
                host.Write(page, Kind);
                break;
        }
    }

    private static void ShareAll(DirectMapWorld host, Pfn head)
    {
        for (var page = 0UL; page < 512; page++)
        {
            host.Share(head + page);
        }
    }

    public override string ToString() => $"call {Call} on block {Block} page {Page} ({Kind})";
}
