using System.IO.Compression;
using Xunit;

namespace GuestMemory.Tdx.Tests.Replay;

/// <summary>Operations of the recordings' vocabulary that the kept recordings do not have, and recordings that cannot be replayed.</summary>
public sealed class UnrecordedOperationTests
{
    private const string Meta = """{"meta":{"format":1,"env":"tdx-module-1.5.01","machine":"fixed machine of README.md"}}""";

    // A recorded beginning: one TD with a vCPU, tables for guest addresses 0 to 2 MiB, a page at 0x2000.
    private static readonly Lazy<string[]> s_start = new(() => [.. Lines().Take(28)]);

    // tdx.md, 16: scenario 49. The recorder's own statuses; the raw entry shows the lock (bit 11) and the host's priority (bit 52).
    [Fact]
    public void The_lock_of_an_entry_is_held_as_by_another_processor()
    {
        AssertAgrees(
            """{"i":26,"op":"emu.hold.sept","args":{"tdr":"0x40000000","gpa":"0x2000","level":"0x0"},"out":{}}""",
            """{"i":27,"op":"tdh.mem.range.block","args":{"tdr":"0x40000000","gpa":"0x2000","level":"0x0"},"out":{"status":"0x8000020000000001","name":"TDX_OPERAND_BUSY"}}""",
            """{"i":28,"op":"look","args":{"tdr":"0x40000000","gpa":"0x2000","level":"0x0","pages":[]},"out":{"td":{"tdr":"0x40000000","lifecycle":"KEYS_CONFIGURED","chldcnt":16,"num_tdcx":6,"op_state":"RUNNABLE","epoch":1,"refcount":[0,1],"assoc":1},"sept":{"gpa":"0x2000","req":0,"level":0,"state":"PENDING_BLOCKED","raw":"0x81900000404008f0","leaf":1,"hpa":"0x40400000"},"pamt":[{"pa":"0x40400000","pt":"REG","size":0,"owner":"0x40000000","bepoch":1,"q0":"0x0"}]}}""",
            """{"i":29,"op":"tdg.mem.page.accept","args":{"tdvpr":"0x40007000","gpa":"0x2000","level":"0x0"},"out":{"status":"0x8000020000000001","name":"TDX_OPERAND_BUSY","interrupted":0}}""",
            """{"i":30,"op":"emu.rel.sept","args":{"tdr":"0x40000000","gpa":"0x2000","level":"0x0"},"out":{}}""",
            """{"i":31,"op":"tdg.mem.page.accept","args":{"tdvpr":"0x40007000","gpa":"0x2000","level":"0x0"},"out":{"status":"0x8000020400000001","name":"TDX_OPERAND_BUSY_HOST_PRIORITY","interrupted":0}}""",
            """{"i":32,"op":"tdh.mem.sept.rd","args":{"tdr":"0x40000000","gpa":"0x2000","level":"0x0"},"out":{"status":"0x0000000000000000","name":"TDX_SUCCESS"}}""",
            """{"i":33,"op":"tdg.mem.page.accept","args":{"tdvpr":"0x40007000","gpa":"0x2000","level":"0x0"},"out":{"event":"TDEXIT_EPT_VIOLATION","exit_gpa":"0x2000","exit_qual":"0x2","ext_exit_qual":"0x40c000000001"}}""");
    }

    // tdx-recordings, README: NOT_RUNNING, the harness refused because the vCPU was not entered.
    [Fact]
    public void A_vCPU_that_is_outside_does_nothing_and_leaves_once()
    {
        AssertAgrees(
            """{"i":26,"op":"tdh.vp.exit","args":{"tdvpr":"0x40007000"},"out":{"td":{"tdr":"0x40000000","lifecycle":"KEYS_CONFIGURED","chldcnt":16,"num_tdcx":6,"op_state":"RUNNABLE","epoch":1,"refcount":[0,0],"assoc":1}}}""",
            """{"i":27,"op":"tdh.vp.exit","args":{"tdvpr":"0x40007000"},"out":{"td":{"tdr":"0x40000000","lifecycle":"KEYS_CONFIGURED","chldcnt":16,"num_tdcx":6,"op_state":"RUNNABLE","epoch":1,"refcount":[0,0],"assoc":1}}}""",
            """{"i":28,"op":"guest.read","args":{"tdvpr":"0x40007000","gpa":"0x2000"},"out":{"event":"NOT_RUNNING"}}""",
            """{"i":29,"op":"guest.write","args":{"tdvpr":"0x40007000","gpa":"0x2000","value":"0x1"},"out":{"event":"NOT_RUNNING"}}""",
            """{"i":30,"op":"tdg.mem.page.accept","args":{"tdvpr":"0x40007000","gpa":"0x2000","level":"0x0"},"out":{"event":"NOT_RUNNING"}}""");
    }

    // tdx-recordings, README: MNG.KEY.RECLAIMID; tdx-module, tdh_mng_key_reclaimid.c: it does nothing.
    [Fact]
    public void Reclaiming_a_key_identifier_does_nothing() => AssertAgrees(
        """{"i":26,"op":"tdh.mng.key.reclaimid","args":{"tdr":"0x40000000"},"out":{"status":"0x0000000000000000","name":"TDX_SUCCESS"}}""");

    // tdx-module, tdh_mem_sept_add.c: with bit 0 of RDX a table that is there is no error, and the page stays free.
    [Fact]
    public void A_table_that_is_there_is_allowed_when_asked() => AssertAgrees(
        """{"i":26,"op":"tdh.mem.sept.add","args":{"tdr":"0x40000000","gpa":"0x0","level":"0x1","page":"0x40020000","version":"0x0","allow_existing":"0x1"},"out":{"status":"0x0000000000000000","name":"TDX_SUCCESS"}}""",
        """{"i":27,"op":"tdh.mem.sept.add","args":{"tdr":"0x40000000","gpa":"0x0","level":"0x1","page":"0x40020000","version":"0x1","allow_existing":"0x1"},"out":{"status":"0x0000000000000000","name":"TDX_SUCCESS"}}""",
        """{"i":28,"op":"tdh.mem.sept.add","args":{"tdr":"0x40000000","gpa":"0x0","level":"0x1","page":"0x40020000","version":"0x2","allow_existing":"0x1"},"out":{"status":"0xc000010000000000","name":"TDX_OPERAND_INVALID"}}""");

    [Theory]
    [InlineData("""{"meta":{"format":1,"env":"tdx-module-9.9.99"}}""", "nothing is known of the module")]
    [InlineData("""{"meta":{"format":1,"env":"tdx-module"}}""", "nothing is known of the module")]
    [InlineData("""{"meta":{"format":1,"env":"qemu-7.3"}}""", "no system understands")]
    public void A_module_of_which_nothing_was_recorded_is_refused(string meta, string message)
    {
        var result = TdxRecordings.Replay(new TdxReplay(), meta);

        Assert.Contains(message, Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"i":0,"op":"tdh.unknown","args":{},"out":{}}""", "unknown operation")]
    [InlineData("""{"i":0,"op":"tdh.mem.track","args":{},"out":{}}""", "argument \"tdr\" is missing")]
    [InlineData("""{"i":0,"op":"emu.hold.pamt","args":{"page":"0x40000000","level":"0x3","shared":"0x0"},"out":{}}""", "a PAMT entry has 0 to 2")]
    [InlineData("""{"i":0,"op":"emu.opstate","args":{"tdr":"0x40000000","op_state":"0xb"},"out":{}}""", "there are 0 to 10")]
    [InlineData("""{"i":0,"op":"tdh.mng.init","args":{"tdr":"0x40000000","gpaw":"0x0","root_level":"0x8","sept_ve_disable":"0x0"},"out":{}}""", "its field holds 0 to 7")]
    [InlineData("""{"i":0,"op":"look","args":{"tdr":"0x40000000","gpa":"0x0","level":"0x0","pages":["0xg"]},"out":{}}""", "no hexadecimal string")]
    [InlineData("""{"i":0,"op":"look","args":{"tdr":"0x40000000","gpa":"0x0","level":"0x0","pages":"0x1"},"out":{}}""", "a list is expected")]
    [InlineData("""{"i":0,"op":"emu.rel.sept","args":{"tdr":"0x40000000","gpa":"0x0","level":"0x0"},"out":{}}""", "is no TD with a Secure EPT")]
    public void A_line_that_cannot_be_applied_is_told(string line, string message)
    {
        var result = TdxRecordings.Replay(new TdxReplay(), $"{Meta}\n{{\"case\":{{\"name\":\"c\"}}}}\n{line}");

        Assert.Contains(message, Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_state_is_described_in_lines()
    {
        var replay = new TdxReplay();
        Assert.Equal("no case has begun", replay.DescribeState());

        TdxRecordings.Replay(replay, string.Join('\n', s_start.Value));

        var lines = replay.DescribeState().TrimEnd().ReplaceLineEndings("\n").Split('\n');
        Assert.Equal("TD pfn 0x40000, hkid 33: KeysConfigured, Runnable, 16 children, epoch 1 (0, 1)", lines[0]);
        Assert.Contains("  gfn 0x2, Pt: PendingBlocked 0x81800000404000f0 (1)", lines);
        Assert.Contains("pamt pfn 0x40001, Size4K: Tdcx of pfn 0x40000, bepoch 0 (6)", lines);
    }

    private static void AssertAgrees(params string[] lines)
    {
        var result = TdxRecordings.Replay(new TdxReplay(), string.Join('\n', s_start.Value.Concat(lines)));

        Assert.Empty(result.Errors);
        Assert.Empty(result.Differences);
        Assert.Equal(s_start.Value.Length - 2 + lines.Length, result.Counts.Agreed);
    }

    // The meta line, and the case s03 as far as it blocks its page.
    private static IEnumerable<string> Lines()
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(TdxRecordings.Scenarios), CompressionMode.Decompress));
        var lines = text.ReadToEnd().Split('\n');
        return [lines[0], .. lines.Skip(Array.FindIndex(lines, line => line.Contains("\"name\":\"s03\"", StringComparison.Ordinal)))];
    }
}
