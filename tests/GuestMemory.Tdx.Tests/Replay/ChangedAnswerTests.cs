using System.IO.Compression;
using Xunit;

namespace GuestMemory.Tdx.Tests.Replay;

/// <summary>One field of one recorded line is changed in memory: the replay has to find exactly that line.</summary>
public sealed class ChangedAnswerTests
{
    private static readonly Lazy<string[]> s_scenarios = new(() => Lines(TdxRecordings.Scenarios));

    // tdx-recordings, README: the keys of "out". The line is the first that has both texts.
    [Theory]
    [InlineData("tdh.mem.page.aug", "\"status\":\"0xc000030000000008\"", "\"status\":\"0xc000030000000002\"")]
    [InlineData("tdh.mem.page.aug", "\"name\":\"TDX_EPT_WALK_FAILED\"", "\"name\":\"TDX_OPERAND_INVALID\"")]
    [InlineData("tdh.mem.page.remove", "\"rcx\":\"0x40400000\"", "\"rcx\":\"0x40401000\"")]
    [InlineData("tdh.mem.page.aug", "\"rdx\":\"0x8101\"", "\"rdx\":\"0x8102\"")]
    [InlineData("tdh.phymem.page.rdmd", "\"r8\":\"0x1\"", "\"r8\":\"0x0\"")]
    [InlineData("tdh.phymem.page.rdmd", "\"r9\":\"0x3\"", "\"r9\":\"0x4\"")]
    [InlineData("guest.read", "\"value\":\"0xabcd\"", "\"value\":\"0xabce\"")]
    [InlineData("guest.read", "\"event\":\"VE_INJECTED\"", "\"event\":\"OK\"")]
    [InlineData("guest.read", "\"exit_gpa\":\"0x3000\"", "\"exit_gpa\":\"0x4000\"")]
    [InlineData("tdg.mem.page.accept", "\"ext_exit_qual\":\"0x408800000001\"", "\"ext_exit_qual\":\"0x408000000001\"")]
    [InlineData("tdg.mem.page.accept", "\"interrupted\":1", "\"interrupted\":0")]
    [InlineData("tdg.mem.page.accept", "\"accept_counter\":101", "\"accept_counter\":100")]
    [InlineData("tdh.vp.enter", ",\"tlb_flushed\":1", "")]
    [InlineData("tdh.export.blockw", "\"list_status\":4", "\"list_status\":5")]
    [InlineData("tdh.export.mem", "\"mig_count\":1", "\"mig_count\":2")]
    [InlineData("tdh.mem.range.block", "\"raw\":\"0x81800000404000f0\"", "\"raw\":\"0x81800000404000f7\"")]
    [InlineData("tdh.mem.range.block", "\"bepoch\":1", "\"bepoch\":2")]
    [InlineData("tdh.mem.page.aug", "\"owner\":\"0x40000000\"", "\"owner\":\"0x40100000\"")]
    [InlineData("tdh.mem.page.add", "\"q0\":\"0xabcd\"", "\"q0\":\"0xabcc\"")]
    [InlineData("tdh.mem.page.aug", "\"chldcnt\":16", "\"chldcnt\":17")]
    [InlineData("tdh.mem.track", "\"epoch\":2", "\"epoch\":3")]
    [InlineData("tdh.vp.exit", "\"refcount\":[0,0]", "\"refcount\":[0,1]")]
    [InlineData("tdh.vp.enter", "\"assoc\":1", "\"assoc\":2")]
    [InlineData("summary", "[1,\"NL_MAPPED\",1]", "[1,\"NL_MAPPED\",2]")]
    [InlineData("summary", "[0,\"RSVD\",256]", "[0,\"RSVD\",255]")]
    public void A_changed_answer_is_found(string operation, string before, string after)
    {
        var lines = s_scenarios.Value.ToArray();
        var at = Array.FindIndex(lines, line => line.Contains($"\"op\":\"{operation}\"", StringComparison.Ordinal) && line.Contains(before, StringComparison.Ordinal));
        Assert.True(at > 0, "no recorded line has this");
        lines[at] = Replace(lines[at], before, after);

        var result = TdxRecordings.Replay(new TdxReplay(), string.Join('\n', lines));

        Assert.Equal(at + 1, Assert.Single(result.Differences).Line);
        Assert.Equal(1, result.Counts.Differed);
    }

    // tdx-recordings, README: bulk operations carry only status and name.
    [Fact]
    public void A_line_of_a_bulk_operation_is_compared_by_its_status()
    {
        var lines = s_scenarios.Value.ToArray();
        const string Bulk = "\"out\":{\"status\":\"0x0000000000000000\",\"name\":\"TDX_SUCCESS\"}}";
        var at = Array.FindIndex(lines, line => line.Contains("\"op\":\"tdh.mem.page.aug\"", StringComparison.Ordinal) && line.EndsWith(Bulk, StringComparison.Ordinal));
        lines[at] = lines[at].Replace(Bulk, "\"out\":{\"status\":\"0xc0000b0d00000001\",\"name\":\"TDX_EPT_ENTRY_STATE_INCORRECT\"}}", StringComparison.Ordinal);

        var result = TdxRecordings.Replay(new TdxReplay(), string.Join('\n', lines));

        Assert.Equal(at + 1, Assert.Single(result.Differences).Line);
    }

    private static string Replace(string line, string before, string after)
    {
        var at = line.IndexOf("\"out\":", StringComparison.Ordinal);
        var place = line.IndexOf(before, at, StringComparison.Ordinal);
        return string.Concat(line.AsSpan(0, place), after, line.AsSpan(place + before.Length));
    }

    private static string[] Lines(string path)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        return text.ReadToEnd().TrimEnd('\n').Split('\n');
    }
}
