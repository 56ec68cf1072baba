using Xunit;

namespace GuestMemory.Tests;

/// <summary>A state in parts is, as a whole, its parts one after the other.</summary>
public sealed class PartedStateTests
{
    [Fact]
    public void The_whole_is_written_as_its_parts_in_order()
    {
        var writer = new StateWriter([]);

        ((IStateful)new ThreeBytes { Bytes = [7, 8, 9] }).WriteState(ref writer);

        Assert.Equal([7, 8, 9], writer.Written.ToArray());
    }

    [Fact]
    public void The_whole_is_read_as_its_parts_and_then_all_of_them_are_said_to_be_read()
    {
        var state = new ThreeBytes();

        StateReader.ReadWhole([7, 8, 9], state);

        Assert.Equal([7, 8, 9], state.Bytes);
        Assert.Equal([0b111UL], state.Read);
    }

    private sealed class ThreeBytes : IPartedState
    {
        public byte[] Bytes { get; init; } = new byte[3];

        public List<ulong> Read { get; } = [];

        public int Parts => 3;

        public void WritePart(int part, ref StateWriter writer) => writer.Byte(Bytes[part]);

        public void ReadPart(int part, ref StateReader reader) => Bytes[part] = reader.Byte();

        public void PartsRead(ulong parts) => Read.Add(parts);
    }
}
