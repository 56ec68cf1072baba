using Xunit;

namespace GuestMemory.Rmp.Tests.Guests;

public sealed class PscRequestTests
{
    private static readonly Gfn s_g = SnpWorld.G().Frame;

    // ghcb, 4.1.6: 11:0 page, 51:12 frame, 55:52 operation, 56 size.
    [Fact]
    public void An_entry_is_laid_out_as_the_protocol_says()
    {
        var entry = PscEntry.Of(PscOperation.Shared, s_g, isLarge: true, currentPage: 3);
        Assert.Equal(0x0120_0000_8000_0003UL, entry.Value);
        Assert.Equal((PscOperation.Shared, s_g, true, 3), (entry.Operation, entry.Gfn, entry.IsLarge, entry.CurrentPage));
        Assert.Equal(512, entry.At(512).CurrentPage);
        Assert.Throws<ArgumentOutOfRangeException>(() => PscEntry.Of(PscOperation.Shared, new(1UL << 40)));
        Assert.Throws<ArgumentOutOfRangeException>("operation", () => PscEntry.Of((PscOperation)16, default));
        Assert.Throws<ArgumentOutOfRangeException>("currentPage", () => PscEntry.Of(PscOperation.Shared, default, currentPage: 0x1000));
        Assert.Throws<ArgumentOutOfRangeException>("currentPage", () => PscEntry.Of(PscOperation.Shared, default, currentPage: -1));
        Assert.Equal(0x00ff_ffff_ffff_ffffUL, PscEntry.Of((PscOperation)15, new((1UL << 40) - 1), currentPage: 0xfff).Value);
    }

    [Fact]
    public void Like_entries_that_follow_each_other_are_one_run()
    {
        var request = new PscRequest(PscBuffer.Of(
            PscEntry.Of(PscOperation.Shared, s_g), PscEntry.Of(PscOperation.Shared, s_g + 1), PscEntry.Of(PscOperation.Shared, s_g + 3),
            PscEntry.Of(PscOperation.Private, s_g + 4), PscEntry.Of(PscOperation.Private, s_g + 512, isLarge: true),
            PscEntry.Of(PscOperation.Private, s_g + 1024, isLarge: true)));

        Assert.Equal(
            [new(new(s_g, 2), false, false), new(new(s_g + 3, 1), false, false), new(new(s_g + 4, 1), true, false), new(new(s_g + 512, 1024), true, true)],
            RunsOf(request));
        Assert.Equal((PscResult.Done, (ushort)6), (request.ExitInfo2, request.Buffer.CurrentEntry));
        Assert.Equal((1, 512), (request.Buffer[0].CurrentPage, request.Buffer[5].CurrentPage));
    }

    // linux-kvm-sev: what is left of a 2M entry goes on in 4K, joined to nothing.
    [Fact]
    public void A_large_entry_that_is_half_done_goes_on_in_4K_and_alone()
    {
        var request = new PscRequest(PscBuffer.Of(
            PscEntry.Of(PscOperation.Shared, s_g, isLarge: true, currentPage: 200), PscEntry.Of(PscOperation.Shared, s_g + 512), PscEntry.Of(PscOperation.Shared, s_g + 312)));

        Assert.Equal([new(new(s_g + 200, 312), false, false), new(new(s_g + 512, 1), false, false), new(new(s_g + 312, 1), false, false)], RunsOf(request));
    }

    [Fact]
    public void Entries_that_are_done_are_passed_by()
    {
        var request = new PscRequest(PscBuffer.Of(
            PscEntry.Of(PscOperation.Shared, s_g, isLarge: true, currentPage: 512), PscEntry.Of(PscOperation.Shared, s_g + 512, currentPage: 1), PscEntry.Of(PscOperation.Private, s_g)));
        Assert.Equal([new(new(s_g, 1), true, false)], RunsOf(request));
        Assert.Equal(PscResult.Done, request.ExitInfo2);
    }

    // Hints may be ignored; KVM counts them, and numbers without a name, as done.
    [Theory]
    [InlineData(PscOperation.PsmashHint)]
    [InlineData(PscOperation.UnsmashHint)]
    [InlineData((PscOperation)0)]
    [InlineData((PscOperation)9)]
    public void Hints_and_unknown_operations_are_done_without_asking(PscOperation operation)
    {
        var request = new PscRequest(PscBuffer.Of(PscEntry.Of(operation, s_g, isLarge: true), PscEntry.Of(PscOperation.Private, s_g)));
        Assert.Equal([new(new(s_g, 1), true, false)], RunsOf(request));
        Assert.Equal((PscResult.Done, 512), (request.ExitInfo2, request.Buffer[0].CurrentPage));
    }

    [Fact]
    public void An_answer_other_than_0_fails_the_request_and_counts_nothing()
    {
        var request = new PscRequest(PscBuffer.Of(PscEntry.Of(PscOperation.Shared, s_g), PscEntry.Of(PscOperation.Shared, s_g + 7)));
        Assert.True(request.TryNextRun(out _));
        request.Complete(0);
        Assert.True(request.TryNextRun(out _));
        request.Complete(22);

        Assert.False(request.TryNextRun(out _));
        Assert.Equal(0x100_0000_0000UL, request.ExitInfo2);
        Assert.Equal(((ushort)1, 0), (request.Buffer.CurrentEntry, request.Buffer[1].CurrentPage));
    }

    // ghcb, 4.1.6: EXITINFO2 0 with entries left means ask again.
    [Fact]
    public void A_host_may_stop_early_and_the_guest_asks_again()
    {
        var buffer = PscBuffer.Of(PscEntry.Of(PscOperation.Shared, s_g), PscEntry.Of(PscOperation.Shared, s_g + 7));
        var request = new PscRequest(buffer);
        Assert.True(request.TryNextRun(out _));
        request.Complete(0);
        request.End(PscResult.Done);
        Assert.True(request.IsDone);
        Assert.True(buffer.CurrentEntry <= buffer.EndEntry);

        Assert.Equal([new(new(s_g + 7, 1), false, false)], RunsOf(new(buffer)));
    }

    // ghcb, 4.1.6: 1/1 for the header, 1/2 for the entry at fault.
    [Fact]
    public void Bad_headers_and_entries_have_words_of_their_own()
    {
        AssertEnds(0x1_0000_0001, "PSC/limit", new(new PscBuffer(new byte[8 + (254 * 8)]) { EndEntry = 253 }));
        AssertEnds(0x1_0000_0001, "PSC/short", new(new PscBuffer(new byte[8], length: 7)));
        AssertEnds(0x100_0000_0000, "PSC/exit", new(PscBuffer.Of(PscEntry.Of(PscOperation.Shared, s_g)), canExit: false));
        AssertEnds(0x1_0000_0002, "PSC/align", new(PscBuffer.Of(PscEntry.Of(PscOperation.Shared, s_g + 1, isLarge: true))));
        AssertEnds(0x1_0000_0002, "PSC/current-page", new(PscBuffer.Of(PscEntry.Of(PscOperation.Shared, s_g, currentPage: 2))));
        Assert.Equal(0x2_0000_001aUL, PscResult.UnsmashFailed(0x1a));
    }

    [Fact]
    public void The_entry_at_fault_is_the_current_one()
    {
        var request = new PscRequest(PscBuffer.Of(PscEntry.Of(PscOperation.Shared, s_g), PscEntry.Of(PscOperation.Shared, s_g + 3, isLarge: true)));
        Assert.Equal([new(new(s_g, 1), false, false)], RunsOf(request));
        Assert.Equal((PscResult.BadEntry, (ushort)1), (request.ExitInfo2, request.Buffer.CurrentEntry));
    }

    // linux-kvm-sev, db3f219: the guest says 3 entries in a buffer for 1; what follows it is not the guest's.
    [Fact]
    public void A_request_longer_than_the_guests_own_buffer_is_refused()
    {
        var memory = HostMemory();
        var request = new PscRequest(new(memory, length: 16));
        AssertEnds(PscResult.BadHeader, "PSC/buffer-size", request);
        Assert.Equal(HostMemory(), memory);
    }

    // The same before that fix: the host acts on its own memory as if the guest had written it, and writes there.
    [Fact]
    public void Without_that_check_the_host_reads_and_writes_behind_the_buffer()
    {
        var memory = HostMemory();
        var request = new PscRequest(new(memory, length: 16), RuleSwitches.AllOn.Without("PSC/buffer-size"));

        Assert.Equal([new(new(s_g, 3), false, false)], RunsOf(request));
        Assert.Equal(PscResult.Done, request.ExitInfo2);
        Assert.Equal(1, memory[16] & 1);
        Assert.NotEqual(HostMemory()[16..], memory[16..]);
    }

    // The guest can reach the header while the host works: it is judged before every run.
    [Fact]
    public void A_header_changed_between_two_runs_is_judged_again()
    {
        var buffer = PscBuffer.Of(PscEntry.Of(PscOperation.Shared, s_g), PscEntry.Of(PscOperation.Shared, s_g + 7));
        var request = new PscRequest(buffer);
        Assert.True(request.TryNextRun(out _));
        buffer.EndEntry = 100;
        request.Complete(0);
        AssertEnds(PscResult.BadHeader, "PSC/buffer-size", request);
    }

    // Whatever the guest writes, the request ends, and with every rule off as well.
    [Fact]
    public void Any_bytes_come_to_an_end()
    {
        var random = new Random(1);
        string[] rules = ["PSC/exit", "PSC/short", "PSC/limit", "PSC/buffer-size", "PSC/current-page", "PSC/align"];
        var off = rules.Aggregate(RuleSwitches.AllOn, (switches, rule) => switches.Without(rule));
        for (var round = 0; round < 200; round++)
        {
            var memory = new byte[random.Next(8, 64)];
            random.NextBytes(memory);
            _ = RunsOf(new(new((byte[])memory.Clone())));
            _ = RunsOf(new(new(memory), off));
        }

        var last = new PscBuffer(new byte[16]) { CurrentEntry = ushort.MaxValue, EndEntry = ushort.MaxValue };
        Assert.Empty(RunsOf(new(last, off)));
    }

    [Fact]
    public void Calls_out_of_turn_are_refused_and_change_nothing()
    {
        var request = new PscRequest(PscBuffer.Of(PscEntry.Of(PscOperation.Shared, s_g)));
        Assert.Throws<InvalidOperationException>(() => request.Complete(0));
        Assert.True(request.TryNextRun(out _));
        Assert.Throws<InvalidOperationException>(() => request.TryNextRun(out _));
        request.Complete(0);
        Assert.False(request.TryNextRun(out _));
    }

    [Fact]
    public void Its_state_comes_back_in_the_middle()
    {
        var request = new PscRequest(PscBuffer.Of(PscEntry.Of(PscOperation.Shared, s_g), PscEntry.Of(PscOperation.Private, s_g)));
        Assert.True(request.TryNextRun(out _));
        var back = new PscRequest(new(new byte[24]));
        StateReader.ReadWhole(GuestWorld.StateOf(request), back);

        Assert.True(back.IsAsking);
        back.Complete(0);
        Assert.Equal([new(new(s_g, 1), true, false)], RunsOf(back));
        Assert.Throws<FormatException>(() => StateReader.ReadWhole(GuestWorld.StateOf(request), new PscRequest(new(new byte[8]))));
    }

    // ghcb, 2.3.1: 014h asks, 015h answers; bits 63:32 other than 0 are a failure.
    [Fact]
    public void The_MSR_asks_for_one_page()
    {
        var msr = PscMsr.Of(PscOperation.Private, s_g);
        Assert.Equal(0x0010_0000_8000_0014UL, msr.Value);
        Assert.True(msr.TryGetRun(out var run));
        Assert.Equal(new(new(s_g, 1), true, false), run);
        Assert.Equal((0x15UL, 0x1_0000_0015UL), (PscMsr.Response(0), PscMsr.Response(22)));
        Assert.False(PscMsr.Of(PscOperation.PsmashHint, s_g).TryGetRun(out _));
        Assert.False(new PscMsr(msr.Value + 1).TryGetRun(out _));
    }

    private static List<PscRun> RunsOf(PscRequest request)
    {
        var runs = new List<PscRun>();
        while (request.TryNextRun(out var run))
        {
            runs.Add(run);
            request.Complete(0);
        }

        return runs;
    }

    private static void AssertEnds(ulong word, string rule, PscRequest request)
    {
        Assert.False(request.TryNextRun(out _));
        Assert.Equal((word, rule), (request.ExitInfo2, request.DecidedBy?.Id));
    }

    // A buffer of one entry with the host's own data behind it, which here happens to look like entries.
    private static byte[] HostMemory()
    {
        var buffer = new PscBuffer(new byte[32]) { EndEntry = 2 };
        for (var index = 0; index < 3; index++)
        {
            buffer[index] = PscEntry.Of(PscOperation.Shared, s_g + (ulong)index);
        }

        return GuestWorld.StateOf(buffer)[4..];
    }
}
