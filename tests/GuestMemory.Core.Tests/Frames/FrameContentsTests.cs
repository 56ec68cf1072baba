using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Tests;

public sealed class FrameContentsTests
{
    private const int Frames = 3;

    private static readonly Gen<(int Call, int At, int Length, ulong Value, int Other)> Steps =
        from call in Gen.Frequency((6, Gen.Constant(0)), (4, Gen.Constant(1)), (1, Gen.Constant(2)), (1, Gen.Constant(3)), (1, Gen.Constant(4)), (2, Gen.Constant(5)))
        from frame in Gen.Choose(0, Frames - 1)
        from offset in Gen.OneOf(Gen.Choose(0, 40), Gen.Choose(4096 - 24, 4095), Gen.Choose(0, 4095))
        from length in Gen.Choose(1, 8)
        from value in Gen.OneOf(Gen.Choose(0, 3).Select(small => (ulong)small), Gen.Choose(0, int.MaxValue).Select(part => unchecked((ulong)part * 0x9e3779b97f4a7c15)))
        from other in Gen.Choose(0, Frames - 1)
        select (call, (frame * 4096) + offset, Math.Min(length, 4096 - offset), value, other);

    [Fact]
    public void Bytes_are_those_of_a_byte_array_given_the_same_calls() => Sequences.Of(Steps).Check(300, steps =>
    {
        var contents = new MachineFactory(new() { Frames = 8 }).Create().Contents;
        var bytes = new byte[Frames * 4096];
        foreach (var (call, at, length, value, other) in steps)
        {
            Apply(contents, bytes, call, at, length, value, other);
        }

        for (var at = 0; at < bytes.Length; at += 8)
        {
            Assert.Equal(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)), contents.Read(new((ulong)at), 8));
        }

        Assert.Equal(Enumerable.Range(0, bytes.Length / 8).Count(word => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(word * 8)) != 0), contents.NonZeroWords);
        RequireSameAfterRestore(contents);
    });

    [Fact]
    public void An_access_beyond_its_frame_is_a_contract_broken()
    {
        var contents = new MachineFactory().Create().Contents;

        Assert.Throws<ArgumentException>(() => contents.Read(new(4093), 4));
        Assert.Throws<ArgumentException>(() => contents.Write(new(4095), 2, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => contents.Read(new(0), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => contents.Read(new(0), 9));
        Assert.Throws<ArgumentOutOfRangeException>(() => contents.Fill(new(0), new byte[4097]));
        Assert.Equal(0UL, contents.Read(new(4092), 4));
    }

    // Bytes stay in a frame that returns to the pool, and are cleared before the next use: the leak is the store's to prevent.
    [Fact]
    public void A_freed_frame_keeps_its_bytes_until_the_next_use_clears_them()
    {
        var world = TestWorld.Create();
        world.Convert(0, 16, PageKind.Private);
        world.Write(0, 0x5ec7e7);
        var frame = world.FrameOf(0);

        world.Store.Punch(TestWorld.Pages(0, 1));
        Assert.Equal(0x5ec7e7UL, world.Machine.Contents.Read(frame.Address, 8));

        Assert.Equal(GuestAccess.Done(0), world.Read(1));
        Assert.Equal(frame, world.FrameOf(1));
    }

    private static void Apply(FrameContents contents, byte[] bytes, int call, int at, int length, ulong value, int other)
    {
        Span<byte> word = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(word, value);
        var frame = at / 4096;
        var rest = Math.Min(4096 - (at % 4096), (int)(value % 100));
        switch (call)
        {
            case 0:
                contents.Write(new((ulong)at), length, value);
                word[..length].CopyTo(bytes.AsSpan(at));
                break;
            case 1:
                bytes.AsSpan(at, length).CopyTo(word);
                word[length..].Clear();
                Assert.Equal(BinaryPrimitives.ReadUInt64LittleEndian(word), contents.Read(new((ulong)at), length));
                break;
            case 2:
                contents.Clear(new(new((ulong)Math.Min(frame, other)), (ulong)Math.Abs(frame - other)));
                bytes.AsSpan(Math.Min(frame, other) * 4096, Math.Abs(frame - other) * 4096).Clear();
                break;
            case 3:
                contents.Copy(new((ulong)frame), new((ulong)other));
                bytes.AsSpan(frame * 4096, 4096).CopyTo(bytes.AsSpan(other * 4096));
                break;
            case 4:
                contents.Fill(new((ulong)frame), word[..length]);
                bytes.AsSpan(frame * 4096, 4096).Clear();
                word[..length].CopyTo(bytes.AsSpan(frame * 4096));
                break;
            default:
                contents.Zero(new((ulong)at), rest);
                bytes.AsSpan(at, rest).Clear();
                break;
        }
    }

    private static void RequireSameAfterRestore(FrameContents contents)
    {
        var writer = new StateWriter([]);
        contents.WriteState(ref writer);
        var other = new MachineFactory().Create().Contents;
        other.Write(new(77), 1, 1);
        var reader = new StateReader(writer.Written);
        other.ReadState(ref reader);
        var again = new StateWriter([]);
        other.WriteState(ref again);
        Assert.True(writer.Written.SequenceEqual(again.Written));
    }
}
