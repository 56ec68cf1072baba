using Xunit;

namespace GuestMemory.Tdx.Tests.Table;

public sealed class PamtStateTests
{
    private static readonly Pfn s_first = new(0x40000);

    [Theory]
    [InlineData(PageSize.Size4K)]
    [InlineData(PageSize.Size2M)]
    [InlineData(PageSize.Size1G)]
    public void An_entry_of_every_size_is_read_back(PageSize size)
    {
        var pamt = new Pamt(TdxWorld.Recorded.Tdmrs);
        pamt.Write(size, s_first, new(PageType.Reg, s_first + 9, 7));
        var writer = new StateWriter([]);
        pamt.WriteState(ref writer);

        var read = new Pamt(TdxWorld.Recorded.Tdmrs);
        read.Write(PageSize.Size4K, s_first + 77, new(PageType.Tdr, default, 0));
        var reader = new StateReader(writer.Written);
        read.ReadState(ref reader);

        Assert.Equal(new PamtRun(s_first, size, new(PageType.Reg, s_first + 9, 7)), Assert.Single(read.Runs()));
        Assert.True(reader.AtEnd);
    }

    [Theory]
    [InlineData(4, 0x40000UL, "of size 3 at")]
    [InlineData(1, 0x80000UL, "of size 0 at")]
    [InlineData(1, 0x100000UL, "of size 0 at")]
    public void An_entry_the_table_does_not_have_is_no_state(byte size, ulong frame, string message)
    {
        var writer = new StateWriter([]);
        writer.UInt64(0x80000);
        writer.Byte(size);
        writer.UInt64(frame);
        writer.UInt64(0);
        writer.UInt64(0);
        writer.Byte(0);
        writer.UInt64(0x140000);
        writer.Byte(0);
        var bytes = writer.Written.ToArray();

        var refusal = Assert.Throws<FormatException>(() =>
        {
            var reader = new StateReader(bytes);
            new Pamt(TdxWorld.Recorded.Tdmrs).ReadState(ref reader);
        });

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x4000_0001UL)]
    [InlineData(0x4000_1000UL)]
    [InlineData(0x8000_0000UL)]
    public void Only_the_start_of_a_TDMR_is_initialised(ulong start)
    {
        var pamt = new Pamt(TdxWorld.Recorded.Tdmrs, initialized: false);
        Assert.Equal("start", Assert.Throws<ArgumentException>(() => pamt.Initialize(new(start))).ParamName);
    }

    [Fact]
    public void A_range_split_while_free_stays_free()
    {
        var pamt = new Pamt(TdxWorld.Recorded.Tdmrs);
        pamt.Split(PageSize.Size2M, s_first + 0x200);
        Assert.True(pamt.IsFree2M(s_first + 0x200));

        pamt.Write(PageSize.Size4K, s_first + 0x3ff, new(PageType.Tdr, default, 0));
        Assert.False(pamt.IsFree2M(s_first + 0x200));
        pamt.Write(PageSize.Size4K, s_first + 0x3ff, default);
        Assert.True(pamt.IsFree2M(s_first + 0x200));
    }

    [Fact]
    public void The_frame_behind_a_TDMR_has_no_entry()
    {
        var pamt = new Pamt(TdxWorld.Recorded.Tdmrs);
        pamt.Write(PageSize.Size4K, new(0x80000), new(PageType.Tdr, default, 0));
        pamt.Write(PageSize.Size4K, new(0x3ffff), new(PageType.Tdr, default, 0));

        Assert.Equal(default, pamt.LookUp(new(0x80000), out _));
        Assert.Equal(default, pamt.LookUp(new(0x3ffff), out _));
        Assert.False(pamt.IsFree2M(new(0x80000)));
        Assert.Empty(pamt.Runs());
    }

    [Theory]
    [InlineData(PageType.Nda)]
    [InlineData(PageType.Tdvpr)]
    [InlineData(PageType.Pamt)]
    public void Another_type_leaves_owner_and_epoch(PageType type) =>
        Assert.Equal(new PamtEntry(type, new(0x12345), 9), new PamtEntry(PageType.Reg, new(0x12345), 9).WithType(type));
}
