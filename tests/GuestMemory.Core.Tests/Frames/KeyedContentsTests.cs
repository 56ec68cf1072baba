using Xunit;

namespace GuestMemory.Tests;

/// <summary>Bytes under a key: right key and right place read them, everything else reads noise.</summary>
public sealed class KeyedContentsTests
{
    private static readonly ContentKey s_key = new(7);
    private static readonly Spa s_at = new(0x5000);
    private readonly FrameContents _contents = new();

    [Fact]
    public void What_is_written_through_a_key_is_read_through_it_and_through_no_other()
    {
        _contents.Write(s_at, 8, 0x1234_5678, s_key);

        Assert.Equal(0x1234_5678UL, _contents.Read(s_at, 8, s_key));
        Assert.NotEqual(0x1234_5678UL, _contents.Read(s_at, 8));
        Assert.NotEqual(0x1234_5678UL, _contents.Read(s_at, 8, new(8)));
    }

    // The place is part of the cipher: ciphertext moved elsewhere is noise, put back it is the old data.
    [Fact]
    public void Ciphertext_is_worth_something_at_its_own_place_only()
    {
        _contents.Write(s_at, 8, 1, s_key);
        _contents.Copy(new(5), new Pfn(6));
        var saved = (_contents.Read(s_at, 8), _contents.Read(s_at + 8, 8));
        _contents.Write(s_at, 8, 2, s_key);

        Assert.NotEqual(1UL, _contents.Read(new(0x6000), 8, s_key));
        _contents.Write(s_at, 8, saved.Item1);
        _contents.Write(s_at + 8, 8, saved.Item2);
        Assert.Equal(1UL, _contents.Read(s_at, 8, s_key));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 8)]
    [InlineData(12, 8)]
    [InlineData(4088, 8)]
    public void Bytes_beside_what_is_written_keep_what_they_read_as(int offset, int length)
    {
        for (var at = 0; at < 4096; at += 8)
        {
            _contents.Write(s_at + (ulong)at, 8, (ulong)at, s_key);
        }

        _contents.Write(s_at + (ulong)offset, length, ulong.MaxValue, s_key);

        for (var at = 0; at < 4096; at++)
        {
            var plain = (byte)((ulong)(at & ~7) >> (8 * (at & 7)) & 0xff);
            var isWritten = at >= offset && at < offset + length;
            Assert.Equal(isWritten ? byte.MaxValue : plain, _contents.Read(s_at + (ulong)at, 1, s_key));
        }
    }

    [Fact]
    public void A_page_copied_from_key_to_key_reads_the_same_through_the_other()
    {
        _contents.Write(s_at + 0x100, 8, 42, s_key);
        _contents.Write(s_at + 0x1000, 8, 43, s_key);
        _contents.Copy(new(5), s_key, new(9), new(3));
        Assert.Equal(42UL, _contents.Read(new(0x9100), 8, new(3)));
        Assert.Equal(0UL, _contents.Read(new(0xa000), 8));

        _contents.Copy(new(9), new(3), new(9), ContentKey.None);
        Assert.Equal(42UL, _contents.Read(new(0x9100), 8));
        Assert.Equal(0UL, _contents.Read(new(0x9200), 8, ContentKey.None) ^ _contents.Read(s_at + 0x200, 8, s_key));
    }

    [Fact]
    public void Without_a_key_nothing_changes()
    {
        var (low, high) = (1UL, 2UL);
        ContentCipher.Encrypt(ref low, ref high, ContentKey.None, place: 3);
        Assert.Equal((1UL, 2UL), (low, high));
        ContentCipher.Encrypt(ref low, ref high, s_key, place: 3);
        Assert.NotEqual((1UL, 2UL), (low, high));
        ContentCipher.Decrypt(ref low, ref high, s_key, place: 3);
        Assert.Equal((1UL, 2UL), (low, high));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(7UL)]
    public void Any_bytes_read_and_written_are_those_of_a_byte_array(ulong keyValue)
    {
        var key = new ContentKey(keyValue);
        var bytes = new byte[64];
        _contents.Fill(new(5), []);
        for (var at = 0; at < bytes.Length; at++)
        {
            _contents.Write(s_at + (ulong)at, 1, bytes[at] = (byte)(((at * 37) + 11) & 0xff), key);
        }

        var value = 0x8192_a3b4_c5d6_e7f8UL;
        for (var at = 0; at < 24; at++)
        {
            for (var length = 1; length <= 8; length++)
            {
                value = ulong.RotateLeft(value, 13);
                _contents.Write(s_at + (ulong)at, length, value, key);
                BitConverter.GetBytes(value).AsSpan(..length).CopyTo(bytes.AsSpan(at));

                for (var from = Math.Max(0, at - 8); from < at + 8; from++)
                {
                    Assert.Equal(BitConverter.ToUInt64(bytes, from), _contents.Read(s_at + (ulong)from, 8, key));
                    Assert.Equal(BitConverter.ToUInt32(bytes, from), _contents.Read(s_at + (ulong)from, 4, key));
                }
            }
        }
    }

    // A state saved by one version of the library is read by the next: the cipher never changes.
    [Fact]
    public void The_cipher_is_the_one_it_always_was()
    {
        var (low, high) = (0x0123_4567_89ab_cdefUL, 0xfedc_ba98_7654_3210UL);

        ContentCipher.Encrypt(ref low, ref high, s_key, place: 0x1_0000_0005);

        Assert.Equal((13730039513584517260UL, 2085673927461504676UL), (low, high));
    }

    [Fact]
    public void Bytes_beyond_the_frame_are_refused()
    {
        Assert.Throws<ArgumentException>(() => _contents.Read(s_at + 4092, 8, s_key));
        Assert.Throws<ArgumentException>(() => _contents.Write(s_at + 4092, 8, 1, s_key));
        Assert.Equal(0, _contents.NonZeroWords);
    }
}
