using System.Text;
using Xunit;

namespace GuestMemory.Tests;

public sealed class TraceOutcomeTests
{
    // The form of a recording's answers: fields in their order, 64-bit values as strings with 0x, lists of objects.
    [Fact]
    public void An_answer_is_written_in_the_recordings_form_whatever_the_buffer()
    {
        foreach (var size in new[] { 0, 1, 7, 400 })
        {
            var outcome = new TraceOutcome(new byte[size]) { DecidedBy = CoreRules.Denied };
            outcome.Number("ret"u8, -1);
            outcome.Text("errno"u8, "EINVAL"u8);
            outcome.Hex("gpa"u8, ulong.MaxValue);
            outcome.Flag("ok"u8, value: true);
            outcome.OpenList("runs"u8);
            outcome.OpenItem();
            outcome.Hex("at"u8, 0);
            outcome.Number("n"u8, long.MinValue);
            outcome.CloseItem();
            outcome.OpenItem();
            outcome.Flag("last"u8, value: false);
            outcome.CloseItem();
            outcome.CloseList();
            outcome.OpenList("none"u8);
            outcome.CloseList();
            outcome.Number("end"u8, 1);
            outcome.Close();

            Assert.Equal(
                """{"ret":-1,"errno":"EINVAL","gpa":"0xffffffffffffffff","ok":true,"runs":[{"at":"0x0","n":-9223372036854775808},{"last":false}],"none":[],"end":1}""",
                Encoding.UTF8.GetString(outcome.Json));
            Assert.True(outcome.Compared);
            Assert.Same(CoreRules.Denied, outcome.DecidedBy);
        }
    }

    [Fact]
    public void An_answer_without_fields_is_an_empty_object()
    {
        var outcome = new TraceOutcome([]) { Compared = false };
        outcome.Close();

        Assert.Equal("{}", Encoding.UTF8.GetString(outcome.Json));
        Assert.False(outcome.Compared);
    }
}
