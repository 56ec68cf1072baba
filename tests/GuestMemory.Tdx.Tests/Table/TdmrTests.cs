using Xunit;

namespace GuestMemory.Tdx.Tests.Table;

// tdx.md, 2.3: what TDH.SYS.CONFIG asks of the TDMRs, just within each bound and just beyond it.
public sealed class TdmrTests
{
    private const ulong Gib = 1UL << 30;

    public static TheoryData<string, Tdmr[]> Refused { get; } = new()
    {
        { "There are 65 TDMRs; at most 64 are allowed.", Row(65) },
        { "tdmr [0x0, 0x0) is not a multiple of 1 GiB", [new(new(0), 0)] },
        { "tdmr [0x0, 0x60000000) is not a multiple of 1 GiB", [new(new(0), Gib + (Gib / 2))] },
        { "tdmr [0x20000000, 0x60000000) is not a multiple of 1 GiB", [new(new(Gib / 2), Gib)] },
        { "tdmr [0xfffffc0000000, 0x10000040000000) ends beyond 52 bits", [new(new((1UL << 52) - Gib), 2 * Gib)] },
        { "tdmr [0x40000000, 0x80000000) does not lie behind tdmr [0x0, 0x80000000)", [new(new(0), 2 * Gib), new(new(Gib), Gib)] },
        { "tdmr [0x0, 0x40000000) has 17 reserved areas; at most 16 are allowed.", [With(Areas(17))] },
        { "which is empty, out of order or outside", [With(new PfnRange(new(0), 0))] },
        { "which is empty, out of order or outside", [With(new PfnRange(new(0x40), 0))] },
        { "which is empty, out of order or outside", [With(new PfnRange(new(0x40), 0x10), new PfnRange(new(0x4f), 0x10))] },
        { "which is empty, out of order or outside", [With(new PfnRange(new(0x3_ffff), 2))] },
    };

    public static TheoryData<Tdmr[]> Accepted { get; } = new()
    {
        { Row(64) },
        { new[] { new Tdmr(new((1UL << 52) - Gib), Gib) } },
        { new[] { new Tdmr(new(0), 2 * Gib), new Tdmr(new(2 * Gib), Gib) } },
        { new[] { With(Areas(16)) } },
        { new[] { With(new PfnRange(new(0x40), 0x10), new PfnRange(new(0x50), 0x10)) } },
        { new[] { With(new PfnRange(new(0), 1), new PfnRange(new(0x3_ffff), 1)) } },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_lies_beyond_a_bound_is_refused_by_name(string message, Tdmr[] tdmrs) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new Pamt(tdmrs)).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Accepted))]
    public void What_lies_within_every_bound_is_a_table(Tdmr[] tdmrs) => Assert.Same(tdmrs, new Pamt(tdmrs).Tdmrs);

    private static Tdmr[] Row(int count) => [.. Enumerable.Range(0, count).Select(number => new Tdmr(new((ulong)number * Gib), Gib))];

    private static PfnRange[] Areas(int count) => [.. Enumerable.Range(0, count).Select(number => new PfnRange(new((ulong)number * 2), 1))];

    private static Tdmr With(params PfnRange[] areas) => new(new(0), Gib) { ReservedAreas = areas };
}
