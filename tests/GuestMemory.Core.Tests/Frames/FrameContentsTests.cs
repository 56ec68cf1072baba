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

    // The revision is how an observer sees that bytes changed: it only ever grows, and only then.
    [Fact]
    public void The_revision_grows_with_every_change_and_with_nothing_else()
    {
        var contents = new FrameContents();
        Require(grows: true, () => contents.Write(new(0x1000), 8, 5));
        Require(grows: false, () => contents.Write(new(0x1000), 8, 5));
        Require(grows: true, () => contents.Write(new(0x1000), 8, 6));
        Require(grows: false, () => contents.Write(new(0x2000), 8, 0));
        Require(grows: true, () => contents.Copy(new(1), to: new(3)));
        Require(grows: true, () => contents.Write(new(0x1000), 8, 0));
        Require(grows: false, () => contents.Clear(new(new(1), 2)));
        Require(grows: true, () => contents.Clear(new(new(3), 1)));
        Require(grows: false, () => contents.Clear(new(default, 8)));

        void Require(bool grows, Action change)
        {
            var before = contents.Revision;
            change();
            Assert.Equal((grows, before), (contents.Revision > before, Math.Min(before, contents.Revision)));
        }
    }

    [Fact]
    public void A_frame_is_read_and_written_as_512_words()
    {
        var contents = new FrameContents();
        contents.Write(new(0x1008), 8, 7);
        var words = Enumerable.Repeat(ulong.MaxValue, 512).ToArray();

        contents.ReadWords(new(1), words);

        Assert.Equal([1], Enumerable.Range(0, 512).Where(word => words[word] != 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => contents.ReadWords(new(1), new ulong[513]));
        Assert.Throws<ArgumentOutOfRangeException>(() => contents.ReadWords(new(1), new ulong[511]));
        Assert.Throws<ArgumentOutOfRangeException>(() => contents.WriteWords(new(1), new ulong[513]));
        Assert.Throws<ArgumentOutOfRangeException>(() => contents.WriteWords(new(1), new ulong[511]));
        Assert.Equal(7UL, contents.Read(new(0x1008), 8));
    }

    [Fact]
    public void A_saved_frame_is_restored_whole_and_its_neighbours_stay()
    {
        var contents = new FrameContents();
        foreach (var at in new ulong[] { 0x0ff8, 0x1000, 0x1010, 0x1ff8, 0x2000, 0x2008 })
        {
            contents.Write(new(at), 8, at + 1);
        }

        var saved = contents.Save(new(1));
        contents.Write(new(0x1008), 8, 99);
        contents.Write(new(0x1010), 8, 0);
        contents.Write(new(0x2000), 8, 98);
        contents.Restore(new(1), saved);

        Assert.Equal([new(0, 0x1001), new(2, 0x1011), new SavedWord(511, 0x1ff9)], saved);
        Assert.Equal(
            [0xff9UL, 0x1001UL, 0UL, 0x1011UL, 0x1ff9UL, 98UL, 0x2009UL],
            new ulong[] { 0x0ff8, 0x1000, 0x1008, 0x1010, 0x1ff8, 0x2000, 0x2008 }.Select(at => contents.Read(new(at), 8)));
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
