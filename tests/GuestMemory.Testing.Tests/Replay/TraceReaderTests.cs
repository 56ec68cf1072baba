using System.Text;
using Xunit;

namespace GuestMemory.Testing.Tests.Replay;

public sealed class TraceReaderTests
{
    private static (List<string> Lines, string? Failure, long Number) ReadAll(byte[] bytes, int bufferSize = 1 << 16)
    {
        using var stream = new MemoryStream(bytes);
        using var reader = new TraceReader(stream, bufferSize);
        var lines = new List<string>();
        while (reader.TryReadLine(out var line))
        {
            lines.Add(Encoding.UTF8.GetString(line));
            Assert.Equal(lines.Count, reader.LineNumber);
        }

        Assert.False(reader.TryReadLine(out _));
        return (lines, reader.Failure, reader.LineNumber);
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\nb", new[] { "a", "b" })]
    [InlineData("ab\ncdefgh", new[] { "ab", "cdefgh" })]
    [InlineData("a\r\nb\r\n", new[] { "a", "b" })]
    [InlineData("a\r\nb\r", new[] { "a", "b" })]
    [InlineData("\n\na\n", new[] { "", "", "a" })]
    [InlineData("\uFEFFa\n\uFEFFb\n", new[] { "a", "\uFEFFb" })]
    public void Lines_end_at_line_feeds_or_where_the_data_end(string text, string[] expected)
    {
        var bytes = Encoding.UTF8.GetBytes(text);

        foreach (var read in new[] { ReadAll(bytes), ReadAll(bytes, 16), ReadAll(Recording.Compress(bytes)) })
        {
            Assert.Equal(expected, read.Lines);
            Assert.Null(read.Failure);
        }
    }

    [Fact]
    public void Lines_longer_than_the_buffer_make_it_grow()
    {
        var random = new Random(5);
        var lines = Enumerable.Range(0, 200).Select(i => new string((char)('a' + (i % 26)), random.Next(0, 3000))).ToArray();
        var bytes = Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");

        Assert.Equal(lines, ReadAll(bytes, 16).Lines);
        Assert.Equal(lines, ReadAll(Recording.Compress(bytes), 16).Lines);
    }

    [Fact]
    public void A_line_that_never_ends_is_a_failure()
    {
        var bytes = new byte[TraceReader.LongestLine + 10];
        bytes.AsSpan().Fill((byte)'x');
        bytes[1] = (byte)'\n';

        var read = ReadAll(bytes);

        Assert.Equal(["x"], read.Lines);
        Assert.Equal("the line is longer than 16 MiB after line 1", read.Failure);
    }

    [Fact]
    public void Cutting_a_compressed_file_anywhere_is_one_failure_and_keeps_the_whole_lines_before()
    {
        var file = Recording.Kernel("qemu-7.3", "random_bind1.jsonl.gz");
        var whole = ReadAll(File.ReadAllBytes(file));
        Assert.Null(whole.Failure);
        var compressed = File.ReadAllBytes(file);
        var previous = 0;
        foreach (var length in Cuts(compressed.Length))
        {
            var read = ReadAll(compressed[..length]);

            Assert.Equal(CutOff(read.Number), read.Failure);
            Assert.Equal(whole.Lines.Take(read.Lines.Count), read.Lines);
            Assert.True(read.Lines.Count >= previous, "a longer piece holds fewer lines");
            previous = read.Lines.Count;
        }

        Assert.Equal(whole.Lines.Count, previous);

        static IEnumerable<int> Cuts(int length) =>
            Enumerable.Range(1, 20).Concat(Enumerable.Range(1, (length - 40) / 1000).Select(i => i * 1000)).Concat(Enumerable.Range(length - 12, 12));
    }

    [Fact]
    public void A_damaged_compressed_file_is_a_failure()
    {
        var compressed = Recording.Compress(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"line {i}\n"))));
        foreach (var place in new[] { 1, 2, compressed.Length / 2, compressed.Length - 8, compressed.Length - 1 })
        {
            var damaged = compressed.ToArray();
            damaged[place] ^= 0x55;

            var read = ReadAll(damaged);

            Assert.Equal(CutOff(read.Number), read.Failure);
        }
    }

    [Fact]
    public void Something_after_the_compressed_data_is_a_failure()
    {
        var read = ReadAll([.. Recording.Compress("a\nb\n"u8), 1, 2, 3]);

        Assert.Equal(["a", "b"], read.Lines);
        Assert.Equal(CutOff(2), read.Failure);
    }

    [Fact]
    public void Compressed_pieces_one_after_the_other_are_one_text()
    {
        byte[] two = [.. Recording.Compress("a\nb"u8), .. Recording.Compress("c\nd\n"u8)];

        Assert.Equal(["a", "bc", "d"], ReadAll(two).Lines);
        Assert.Null(ReadAll(two).Failure);
        Assert.Equal(CutOff(3), ReadAll(two[..^1]).Failure);
    }

    [Fact]
    public void Reading_that_fails_is_a_failure()
    {
        using var reader = new TraceReader(new FailingStream());

        Assert.True(reader.TryReadLine(out var line));
        Assert.Equal("a"u8, line);
        Assert.False(reader.TryReadLine(out _));
        Assert.Equal("reading failed: the disk is gone after line 1", reader.Failure);
    }

    [Fact]
    public void Reading_after_disposal_is_refused()
    {
        using var stream = new MemoryStream();
        var reader = new TraceReader(stream);
        reader.Dispose();
        reader.Dispose();

        Assert.Throws<ObjectDisposedException>(() => reader.TryReadLine(out _));
        Assert.True(stream.CanRead);
    }

    private static string CutOff(long line) => "the compressed data are cut off or damaged " + (line == 0 ? "before the first line ends" : $"after line {line}");

    private sealed class FailingStream : MemoryStream
    {
        private int _reads;

        public override int Read(Span<byte> buffer)
        {
            if (_reads == 2)
            {
                throw new IOException("the disk is gone");
            }

            buffer[0] = "a\n"u8[_reads++];
            return 1;
        }
    }
}
