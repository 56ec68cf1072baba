using GuestMemory.Tdx.Tests.Guests;
using Xunit;

namespace GuestMemory.Tdx.Tests.MemoryLines;

/// <summary>Accesses of 1 to 8 bytes at every byte of two lines that held other bytes: each byte is where it was put, and no other byte changes.</summary>
public sealed class PartialAccessTests
{
    private const ulong Value = 0x8877_6655_4433_2211;
    private const ulong Before = 0xeeee_eeee_eeee_eeee;
    private const int Bytes = 128;

    public static TheoryData<MemoryIntegrity> Modes => [MemoryIntegrity.None, MemoryIntegrity.Logical, MemoryIntegrity.Cryptographic];

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_TD_reads_what_it_wrote_whatever_words_and_lines_it_touches(MemoryIntegrity mode)
    {
        var world = new GuestWorld(GuestWorld.With(mode));
        var memory = world.Module.Memory;
        var key = world.Module.Keys.KeyOf(world.Td.Hkid);
        memory.ZeroFrames(new(At(0).Frame, 1), key);
        AssertEveryAccess(
            write: (offset, length, value) => memory.Write(At(offset), length, value, key),
            read: (offset, length) => memory.Read(At(offset), length, key));
    }

    // With a cache the host's lines are read through it; without, they are memory's.
    [Theory]
    [InlineData(MemoryIntegrity.None, false)]
    [InlineData(MemoryIntegrity.None, true)]
    [InlineData(MemoryIntegrity.Logical, false)]
    [InlineData(MemoryIntegrity.Logical, true)]
    public void The_host_reads_what_it_wrote_through_its_caches_or_not(MemoryIntegrity mode, bool isCached)
    {
        var world = new GuestWorld(GuestWorld.With(mode) with { Switches = new() { HostWritesStayInCaches = isCached } });
        var memory = world.Module.Memory;
        AssertEveryAccess(
            write: (offset, length, value) => memory.HostWrite(At(offset), length, value),
            read: (offset, length) => memory.HostRead(At(offset), length));
    }

    // A key that another line was written under: the writer takes the lines it touches, and no other.
    [Fact]
    public void A_write_over_two_lines_takes_both()
    {
        var world = new GuestWorld(GuestWorld.With(MemoryIntegrity.Logical));
        var memory = world.Module.Memory;
        var (key, other) = (world.Module.Keys.KeyOf(new(33)), world.Module.Keys.KeyOf(new(34)));
        memory.ZeroFrames(new(At(0).Frame, 1), other);

        memory.Write(At(60), 8, Value, key);

        Assert.Equal([LineTag.Of(key), LineTag.Of(key), LineTag.Of(other)], new[] { memory.LineAt(At(0)), memory.LineAt(At(64)), memory.LineAt(At(128)) });
    }

    private static void AssertEveryAccess(Action<int, int, ulong> write, Func<int, int, ulong> read)
    {
        var accesses = 0;
        for (var length = 1; length <= 8; length++)
        {
            for (var offset = 0; offset + length <= Bytes; offset++, accesses++)
            {
                Fill(write);
                write(offset, length, Value);
                var expected = new byte[Bytes];
                expected.AsSpan().Fill((byte)(Before & 0xff));
                BitConverter.GetBytes(Value).AsSpan(0, length).CopyTo(expected.AsSpan(offset));

                Assert.Equal(expected, Enumerable.Range(0, Bytes).Select(at => (byte)read(at, 1)));
                Assert.Equal(Value & (ulong.MaxValue >> (64 - (8 * length))), read(offset, length));
            }
        }

        Assert.Equal(996, accesses);
    }

    private static void Fill(Action<int, int, ulong> write)
    {
        for (var offset = 0; offset < Bytes; offset += 8)
        {
            write(offset, 8, Before);
        }
    }

    private static Spa At(int offset) => new(GuestWorld.P + (ulong)offset);
}
