using Xunit;

namespace GuestMemory.Tests;

public sealed class StateBytesTests
{
    [Fact]
    public void Values_are_read_as_they_were_written()
    {
        foreach (var buffer in new[] { Array.Empty<byte>(), new byte[1], new byte[5], new byte[100] })
        {
            var writer = new StateWriter(buffer);
            writer.UInt64(0x1122334455667788);
            writer.Flag(true);
            writer.Int32(-2);
            writer.Byte(9);
            writer.Flag(false);

            Assert.Equal([0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 1, 0xfe, 0xff, 0xff, 0xff, 9, 0], writer.Written.ToArray());
            Assert.True(writer.Buffer.Length >= 15);
            var reader = new StateReader(writer.Written);
            Assert.Equal((0x1122334455667788UL, true, -2, (byte)9, false), (reader.UInt64(), reader.Flag(), reader.Int32(), reader.Byte(), reader.Flag()));
            Assert.True(reader.AtEnd);
        }
    }

    [Fact]
    public void Reading_beyond_the_end_is_a_format_error()
    {
        Refuses([], static (ref reader) => reader.Byte());
        Refuses([1, 2, 3], static (ref reader) => reader.Int32());
        Refuses([1, 2, 3, 4, 5, 6, 7], static (ref reader) => reader.UInt64());
        Refuses([2], static (ref reader) => reader.Flag());
    }

    // A count is of things still to come, each at least a byte: no bytes make a reader allocate more than they are.
    [Fact]
    public void A_count_beyond_what_is_left_is_a_format_error()
    {
        Refuses([2, 0, 0, 0, 1], static (ref reader) => reader.Count());
        Refuses([0xff, 0xff, 0xff, 0xff, 1], static (ref reader) => reader.Count());
        var reader = new StateReader([1, 0, 0, 0, 1]);
        Assert.Equal(1, reader.Count());
    }

    // A caller who gives a buffer has the state in it while it fits.
    [Fact]
    public void The_buffer_given_is_written_to_until_it_is_full()
    {
        var buffer = new byte[4];
        var writer = new StateWriter(buffer);

        writer.Int32(5);
        Assert.Same(buffer, writer.Buffer);
        writer.Byte(6);

        Assert.NotSame(buffer, writer.Buffer);
        Assert.Equal([5, 0, 0, 0, 6], writer.Written.ToArray());
        Assert.Equal(256, new StateWriter([]).Buffer.Length);
    }

    // Ranges, numbers and references that no state has are found by the values' own checks; the caller hears of one kind of error.
    [Fact]
    public void What_no_state_has_is_a_format_error_with_its_cause()
    {
        foreach (var cause in new Exception[] { new ArgumentException("no"), new OverflowException(), new ModelInvariantException("I1", "no") })
        {
            Assert.Same(cause, Assert.Throws<FormatException>(() => StateReader.ReadWhole([], new Unreadable(cause))).InnerException);
        }

        Assert.Throws<InvalidOperationException>(() => StateReader.ReadWhole([], new Unreadable(new InvalidOperationException())));
    }

    private delegate void Reads(ref StateReader reader);

    private static void Refuses(byte[] bytes, Reads reads) => Assert.Throws<FormatException>(() =>
    {
        var reader = new StateReader(bytes);
        reads(ref reader);
    });

    private sealed class Unreadable(Exception cause) : IStateful
    {
        public void WriteState(ref StateWriter writer)
        {
        }

        public void ReadState(ref StateReader reader) => throw cause;
    }
}
