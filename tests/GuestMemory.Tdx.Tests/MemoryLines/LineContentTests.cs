using Xunit;

namespace GuestMemory.Tdx.Tests.MemoryLines;

// tdx.md, 9.1: lines, keys and the host's caches, on the memory alone.
public sealed class LineContentTests
{
    private static readonly ContentKey s_writer = new(3);
    private static readonly ContentKey s_other = new(4);
    private static readonly Pfn s_frame = new(0x41);
    private static readonly Spa s_at = s_frame.Address;

    [Theory]
    [InlineData(0UL)]
    [InlineData(0x28UL)]
    [InlineData(0x50UL)]
    [InlineData(0xff8UL)]
    public void Another_key_reads_the_writers_cipher_deciphered(ulong offset)
    {
        var memory = Filled(MemoryIntegrity.Logical);
        var block = (s_at.Value + offset) / 16;
        var (low, high) = (Pattern(block * 2), Pattern((block * 2) + 1));
        ContentCipher.Encrypt(ref low, ref high, s_writer, block);
        ContentCipher.Decrypt(ref low, ref high, s_other, block);

        Assert.Equal(offset % 16 == 0 ? low : high, memory.Read(s_at + offset, 8, s_other));
        Assert.Equal(Pattern((s_at.Value + offset) / 8), memory.Read(s_at + offset, 8, s_writer));
    }

    [Fact]
    public void A_copy_under_another_key_is_what_that_key_reads()
    {
        var memory = Filled(MemoryIntegrity.Logical);
        memory.CopyFrame(s_frame, s_other, s_frame + 2, s_writer);
        for (var offset = 0UL; offset < 4096; offset += 8)
        {
            Assert.Equal(memory.Read(s_at + offset, 8, s_other), memory.Read((s_frame + 2).Address + offset, 8, s_writer));
        }

        Assert.False(memory.IsBroken(new(s_frame + 2, 1), s_writer));
    }

    [Fact]
    public void A_copy_of_memory_nobody_owns_is_broken_throughout()
    {
        var memory = MemoryOf(MemoryIntegrity.Logical);
        memory.CopyFrame(s_frame, s_writer, s_frame + 2, s_writer);
        for (var offset = 0UL; offset < 4096; offset += 64)
        {
            Assert.True(memory.LineAt((s_frame + 2).Address + offset).IsBroken, $"{offset}");
        }
    }

    [Theory]
    [InlineData(MemoryIntegrity.None, 1UL, false)]
    [InlineData(MemoryIntegrity.Logical, 0UL, false)]
    [InlineData(MemoryIntegrity.Logical, 1UL, true)]
    [InlineData(MemoryIntegrity.Cryptographic, 0UL, false)]
    [InlineData(MemoryIntegrity.Cryptographic, 3UL, true)]
    public void Memory_nobody_owns_is_broken_for_a_key_where_lines_are_kept(MemoryIntegrity mode, ulong frames, bool isBroken) =>
        Assert.Equal(isBroken, MemoryOf(mode).IsBroken(new PfnRange(s_frame, frames), s_writer));

    [Fact]
    public void A_part_of_a_line_the_host_writes_breaks_it_and_changes_nothing()
    {
        var memory = Filled(MemoryIntegrity.Logical);
        memory.Write(s_at + 3, 1, 0x99, ContentKey.None);

        Assert.True(memory.LineAt(s_at).IsBroken);
        Assert.False(memory.LineAt(s_at + 64).IsBroken);
        Assert.Equal(Pattern(s_at.Value / 8), memory.Contents.Read(s_at, 8));
    }

    [Fact]
    public void The_first_line_of_a_frame_is_put_back_as_one_thing_and_the_others_as_another()
    {
        var (first, others) = (LineTag.Of(s_writer), LineTag.Of(s_other));
        var memory = MemoryOf(MemoryIntegrity.Logical);
        for (var again = 0; again < 2; again++)
        {
            memory.RestoreLines(s_frame + 1, others, others);
            memory.RestoreLines(s_frame + 2, first, others);
            memory.RestoreLines(s_frame + 3, others, first);

            Assert.Equal(default, memory.LineAt(s_at + 4095));
            Assert.Equal(others, memory.LineAt(s_at + 4096));
            Assert.Equal(others, memory.LineAt(s_at + 8191));
            Assert.Equal(first, memory.LineAt(s_at + 8192));
            Assert.Equal(others, memory.LineAt(s_at + 8192 + 64));
            Assert.Equal(others, memory.LineAt(s_at + 8192 + 4095));
            Assert.Equal(others, memory.LineAt(s_at + 12288));
            Assert.Equal(first, memory.LineAt(s_at + 12288 + 64));
            Assert.Equal(first, memory.LineAt(s_at + 12288 + 4095));
            Assert.Equal(default, memory.LineAt(s_at + 16384));
        }
    }

    [Fact]
    public void A_byte_in_the_hosts_cache_leaves_the_bytes_beside_it()
    {
        var memory = MemoryOf(MemoryIntegrity.Logical);
        memory.Write(s_at + 8, 8, 0x1111_1111_1111_1111, ContentKey.None);
        memory.HostWrite(s_at + 11, 2, 0x2200);

        Assert.Equal(0x1111_1122_0011_1111UL, memory.HostRead(s_at + 8, 8));
        Assert.Equal(0x1111_1111_1111_1111UL, memory.Contents.Read(s_at + 8, 8));
        memory.WriteBack(s_frame);
        Assert.Equal(0x1111_1122_0011_1111UL, memory.Contents.Read(s_at + 8, 8));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Only_a_frames_own_lines_leave_the_cache_with_it(bool clears)
    {
        var memory = MemoryOf(MemoryIntegrity.Logical);
        foreach (var offset in new ulong[] { 64, 4032, 4096 })
        {
            memory.HostWrite(s_at + offset, 1, 0x55);
        }

        if (clears)
        {
            memory.HostClear(s_frame);
        }
        else
        {
            memory.WriteBack(s_frame);
        }

        Assert.Equal((false, false, true), (memory.IsDirty(s_at + 64), memory.IsDirty(s_at + 4032), memory.IsDirty(s_at + 4096)));
        Assert.Equal(clears ? 0UL : 0x55, memory.Contents.Read(s_at + 4032, 1));
        Assert.Equal(0UL, memory.Contents.Read(s_at + 4096, 1));
    }

    [Fact]
    public void A_frame_filled_past_the_caches_has_no_dirty_line()
    {
        var memory = MemoryOf(MemoryIntegrity.Logical);
        memory.HostWrite(s_at + 64, 1, 0x55);
        memory.Fill(s_frame, 0x77);
        Assert.False(memory.IsDirty(s_at + 64));
        Assert.Equal(0x77UL, memory.HostRead(s_at + 64, 8));
    }

    [Fact]
    public void A_broken_line_stays_broken_when_the_host_writes_it_back()
    {
        var memory = MemoryOf(MemoryIntegrity.Logical);
        memory.RestoreLines(s_frame, default, LineTag.Of(s_writer) with { IsBroken = true });
        memory.HostWrite(s_at, 1, 0x55);
        memory.HostWrite(s_at + 64, 1, 0x55);
        memory.WriteBack(s_frame);
        Assert.Equal((false, true), (memory.LineAt(s_at).IsBroken, memory.LineAt(s_at + 64).IsBroken));
    }

    [Fact]
    public void What_is_read_back_takes_the_place_of_what_was_there()
    {
        var writer = new StateWriter([]);
        new DirtyLines().WriteState(ref writer);
        new VcpuTranslations().WriteState(ref writer);
        new HeldLocks().WriteState(ref writer);
        var (lines, translations, locks) = (new DirtyLines(), new VcpuTranslations(), new HeldLocks());
        lines.Add(7);
        translations.Add(new(new(1), PageSize.Size4K, new(2), 7));
        locks.Take(HeldLock.Keys, exclusive: false);

        var reader = new StateReader(writer.Written);
        lines.ReadState(ref reader);
        translations.ReadState(ref reader);
        locks.ReadState(ref reader);

        Assert.True(lines.IsEmpty);
        Assert.Equal(0, translations.Pages.Length);
        Assert.False(locks.Any);
    }

    private static ulong Pattern(ulong word) => 0x0101_0203_0405_0600 + word;

    private static TdxMemory MemoryOf(MemoryIntegrity mode) =>
        new(TdxWorld.Recorded with { Integrity = mode, Switches = new() { HostWritesStayInCaches = true } }, new());

    private static TdxMemory Filled(MemoryIntegrity mode)
    {
        var memory = MemoryOf(mode);
        var words = new ulong[512];
        for (var word = 0UL; word < 512; word++)
        {
            words[word] = Pattern((s_at.Value / 8) + word);
        }

        memory.WriteFrame(s_frame, words, s_writer);
        return memory;
    }
}
