using System.Buffers.Binary;
using System.IO.Hashing;
using Xunit;

namespace GuestMemory.Testing.Tests.Search;

public sealed class VisitedStatesTests
{
    private const int Many = 400_000;

    [Fact]
    public void What_was_added_is_there_once_and_nothing_else()
    {
        var visited = new VisitedStates();
        var ids = new List<uint>();
        for (var number = 0; number < Many; number++)
        {
            Assert.True(visited.TryAdd(Hash(number), (uint)number, 7, out var id));
            ids.Add(id);
        }

        for (var number = 0; number < Many; number++)
        {
            Assert.True(visited.Contains(Hash(number)));
            Assert.False(visited.Contains(Hash(Many + number)));
            Assert.Equal((uint)number, visited[ids[number]].Parent);
        }

        Assert.False(visited.TryAdd(Hash(0), 0, 0, out _));
        Assert.Equal(Many, visited.Count);
    }

    [Fact]
    public void A_state_takes_at_most_48_bytes_whenever_many_were_added()
    {
        var visited = new VisitedStates();
        for (var number = 0; number < Many; number++)
        {
            visited.TryAdd(Hash(number), 0, 0, out _);
            Assert.True(number < 100_000 || visited.Bytes <= 48 * visited.Count, $"{visited.Bytes} bytes for {visited.Count} states");
        }
    }

    [Fact]
    public void The_way_to_a_state_is_its_steps_from_the_first()
    {
        var visited = new VisitedStates();
        visited.TryAdd(Hash(0), VisitedStates.NoParent, 0, out var id);
        for (var number = 1; number <= 5; number++)
        {
            visited.TryAdd(Hash(number), id, (uint)number * 10, out id);
        }

        Assert.Equal([10, 20, 30, 40, 50], visited.PathTo(id));
    }

    private static UInt128 Hash(int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return XxHash128.HashToUInt128(bytes);
    }
}
