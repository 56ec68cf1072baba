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

    [Fact]
    public void Objects_rows_items_and_nulls_are_separated_where_they_follow_another()
    {
        foreach (var size in new[] { 0, 400 })
        {
            var outcome = new TraceOutcome(new byte[size]);
            outcome.OpenObject("at"u8);
            outcome.Null("page"u8);
            outcome.Number("n"u8, 10);
            outcome.CloseObject();
            outcome.Null("none"u8);
            outcome.OpenList("rows"u8);
            outcome.OpenRow();
            outcome.Item(11);
            outcome.Item("eleven"u8);
            outcome.Item(9);
            outcome.CloseList();
            outcome.OpenRow();
            outcome.Item("alone"u8);
            outcome.CloseList();
            outcome.CloseList();
            outcome.OpenObject("last"u8);
            outcome.CloseObject();
            outcome.Close();

            Assert.Equal(
                """{"at":{"page":null,"n":10},"none":null,"rows":[[11,"eleven",9],["alone"]],"last":{}}""",
                Encoding.UTF8.GetString(outcome.Json));
        }
    }

    [Fact]
    public void Fields_from_the_first_optional_one_on_are_not_required()
    {
        var outcome = new TraceOutcome(new byte[100]);
        outcome.Number("ret"u8, 0);
        Assert.False(outcome.HasOptional);
        Assert.Equal("""{"ret":0""", Encoding.UTF8.GetString(outcome.Required));

        outcome.BeginOptional();
        outcome.Number("seen"u8, 1);
        outcome.BeginOptional();
        outcome.Number("more"u8, 2);
        outcome.Close();

        Assert.True(outcome.HasOptional);
        Assert.Equal("""{"ret":0""", Encoding.UTF8.GetString(outcome.Required));
        Assert.Equal("""{"ret":0,"seen":1,"more":2}""", Encoding.UTF8.GetString(outcome.Json));
    }

    [Theory]
    [InlineData(0x1f, 1, "0x1f")]
    [InlineData(0x1f, 4, "0x001f")]
    [InlineData(0, 1, "0x0")]
    [InlineData(0, 16, "0x0000000000000000")]
    public void A_word_has_at_least_the_digits_asked_for(ulong value, int digits, string text) => Assert.Equal($"{{\"a\":\"{text}\"", Hex(value, digits));

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    public void A_word_has_1_to_16_digits(int digits) => Assert.Throws<ArgumentOutOfRangeException>(() => Hex(0, digits));

    private static string Hex(ulong value, int digits)
    {
        var outcome = new TraceOutcome(new byte[100]);
        outcome.Hex("a"u8, value, digits);
        return Encoding.UTF8.GetString(outcome.Json);
    }
}
