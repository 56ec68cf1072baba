using Xunit;

namespace GuestMemory.Tdx.Tests.Memory;

public sealed class PageAddTests
{
    private const ulong Source = 0x100_0000;
    private readonly MemoryWorld _world = new(TdxOpState.Initialized);

    // tdx.md, 8 and 16: scenario 38.
    [Fact]
    public void A_page_of_a_new_TD_has_the_hosts_content_and_is_measured()
    {
        _world.Write(Source + 8, 0xabcd);
        _world.Write(MemoryWorld.P, 0x77);

        Assert.Equal((0UL, 0UL, 0UL), AnswerOf(Add(0x1000)));

        Assert.Equal(0x80000000404000f7, _world.Entry(0x1000).Raw);
        Assert.Equal((0UL, 0xabcdUL), (_world.Word(MemoryWorld.P), _world.Word(MemoryWorld.P + 8)));
        Assert.Equal(new PamtEntry(PageType.Reg, _world.Td.Tdr, bepoch: 0), _world.Metadata(MemoryWorld.P, out _));
        Assert.Equal(10UL, _world.Td.ChildCount);
        Assert.NotEqual(0UL, _world.Td.Measurement);
        Assert.Equal((0UL, MemoryWorld.P, 0UL), AnswerOf(_world.Remove(0x1000)));
    }

    // tdx.md, 8: the address is measured; the content only by MR.EXTEND.
    [Fact]
    public void The_measurement_is_of_the_address()
    {
        Assert.Equal(MeasurementOf(0x1000, content: 1), MeasurementOf(0x1000, content: 2));
        Assert.NotEqual(MeasurementOf(0x1000, content: 1), MeasurementOf(0x2000, content: 1));
    }

    // tdx.md, 16: scenario 40.
    [Theory]
    [InlineData(Source | 32UL << 46)]
    [InlineData(Source | 63UL << 46)]
    [InlineData(0x3_0000_0000)]
    [InlineData(0x3_03ff_f000)]
    [InlineData(0x3_0000_0000 | 1UL << 46)]
    [InlineData(Source + 8)]
    [InlineData(Source | 1UL << 52)]
    public void Content_comes_from_shared_memory_only(ulong source)
    {
        var before = _world.Bytes();
        Assert.Equal((0xc000010000000009, 0UL, 0UL), AnswerOf(Add(0x1000, source: source)));
        Assert.Equal(before, _world.Bytes());
    }

    [Theory]
    [InlineData(0x3_0400_0000)]
    [InlineData(Source | 31UL << 46)]
    public void Content_may_come_from_any_shared_key(ulong source) => Assert.Equal(0UL, Add(0x1000, source: source).Status.Value);

    // tdx.md, 17, 8: the source is looked at before the page, the entry before both.
    [Fact]
    public void Of_several_faults_the_first_in_order_is_told()
    {
        Assert.Equal(0xc000010000000009, Add(0x1000, page: 8, source: 8).Status.Value);
        Assert.Equal(0xc000010000000008, Add(0x1000, page: 8).Status.Value);
        Assert.Equal(0xc0000b0000000001, Add(0x200000, page: 8, source: 8).Status.Value);
        Assert.Equal(0xc000010000000001, Add(0x1001).Status.Value);
        _world.Td.OpState = TdxOpState.Runnable;
        Assert.Equal(0xc000060800000000, Add(0x1001).Status.Value);
    }

    // tdx.md, 8: no lock below the TD's is asked for.
    [Fact]
    public void Having_the_TD_alone_is_lock_enough()
    {
        _world.Module.Locks.Take(HeldLock.SeptTree(_world.Td.Tdr), exclusive: true);
        _world.Module.Locks.Take(HeldLock.OpState(_world.Td.Tdr), exclusive: true);
        Assert.Equal(0UL, Add(0x1000).Status.Value);
        _world.Module.Locks.Take(HeldLock.Pamt(PageSize.Size4K, _world.Td.Tdr), exclusive: false);
        Assert.Equal(0x8000020000000002, Add(0x2000, page: MemoryWorld.Q).Status.Value);
    }

    private static (ulong Status, ulong Rcx, ulong Rdx) AnswerOf(TdxResult result) => (result.Status.Value, result.Rcx, result.Rdx);

    private static ulong MeasurementOf(ulong gpa, ulong content)
    {
        var world = new MemoryWorld(TdxOpState.Initialized);
        world.Write(Source, content);
        world.Call(TdxFunction.MemPageAdd, gpa, MemoryWorld.P, Source);
        return world.Td.Measurement;
    }

    private TdxResult Add(ulong gpa, ulong page = MemoryWorld.P, ulong source = Source) => _world.Call(TdxFunction.MemPageAdd, gpa, page, source);
}
