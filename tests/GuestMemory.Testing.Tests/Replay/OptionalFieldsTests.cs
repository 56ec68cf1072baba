using System.Text;
using Xunit;

namespace GuestMemory.Testing.Tests.Replay;

/// <summary>Answers whose later fields a recorder may not have looked at.</summary>
public sealed class OptionalFieldsTests
{
    [Theory]
    [InlineData("""{"status":"0x0","n":1,"seen":{"a":[1,["x",2]],"b":null}}""")]
    [InlineData("""{"status":"0x0","n":1}""")]
    [InlineData("""{ "n" : 1.0, "status" : "0x0" }""")]
    [InlineData("""{"seen":{"b":null,"a":[1,["x",2]]},"n":1,"status":"0x0"}""")]
    public void All_of_the_optional_fields_or_none_agree(string expected) => Assert.True(Agree(expected, isMarked: true));

    [Theory]
    [InlineData("""{"status":"0x1","n":1,"seen":{"a":[1,["x",2]],"b":null}}""")]
    [InlineData("""{"status":"0x1","n":1}""")]
    [InlineData("""{"status":"0x0","n":2}""")]
    [InlineData("""{"status":"0x0"}""")]
    [InlineData("""{"status":"0x0","n":1,"seen":{"a":[1,["x",2]]}}""")]
    [InlineData("""{"status":"0x0","n":1,"seen":{"a":[1,["x",3]],"b":null}}""")]
    [InlineData("""{"status":"0x0","n":1,"seen":null}""")]
    [InlineData("""{"status":"0x0","n":1,"other":1}""")]
    [InlineData("""{"status":"0x0","n":1]""")]
    [InlineData("")]
    public void Some_of_them_others_or_another_answer_differ(string expected) => Assert.False(Agree(expected, isMarked: true));

    [Fact]
    public void Without_the_mark_every_field_counts()
    {
        Assert.True(Agree("""{"status":"0x0","n":1,"seen":{"a":[1,["x",2]],"b":null}}""", isMarked: false));
        Assert.False(Agree("""{"status":"0x0","n":1}""", isMarked: false));
    }

    [Fact]
    public void Only_the_first_mark_counts()
    {
        var outcome = new TraceOutcome(new byte[8]);
        Assert.False(outcome.HasOptional);
        outcome.Number("a"u8, 1);
        outcome.BeginOptional();
        outcome.Number("b"u8, 2);
        outcome.BeginOptional();
        outcome.Close();

        Assert.True(outcome.HasOptional);
        Assert.Equal("""{"a":1""", Encoding.UTF8.GetString(outcome.Required));
        Assert.True(OutcomeComparer.Agree("""{"a":1}"""u8, outcome));
    }

    [Fact]
    public void An_answer_of_optional_fields_alone_agrees_with_an_empty_one()
    {
        var outcome = new TraceOutcome(new byte[8]);
        outcome.BeginOptional();
        outcome.Number("b"u8, 2);
        outcome.Close();

        Assert.True(OutcomeComparer.Agree("{}"u8, outcome));
        Assert.False(OutcomeComparer.Agree("""{"b":3}"""u8, outcome));
    }

    // Hexadecimal numbers have as many digits as they need, or as many as their field always has.
    [Theory]
    [InlineData(0, 1, "0x0")]
    [InlineData(0xf, 1, "0xf")]
    [InlineData(0x10, 1, "0x10")]
    [InlineData(0x8000_0000_0000_0000, 1, "0x8000000000000000")]
    [InlineData(0xab, 16, "0x00000000000000ab")]
    [InlineData(0x12345, 3, "0x12345")]
    public void Hexadecimal_fields_have_the_digits_asked_for(ulong value, int digits, string expected)
    {
        var outcome = new TraceOutcome([]);
        outcome.Hex("v"u8, value, digits);
        outcome.Close();

        Assert.Equal($$"""{"v":"{{expected}}"}""", Encoding.UTF8.GetString(outcome.Json));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    public void A_number_of_digits_that_cannot_be_is_refused(int digits) => Assert.Throws<ArgumentOutOfRangeException>(() => new TraceOutcome([]).Hex("v"u8, 1, digits));

    private static bool Agree(string expected, bool isMarked)
    {
        var outcome = new TraceOutcome(new byte[4]);
        outcome.Hex("status"u8, 0);
        outcome.Number("n"u8, 1);
        if (isMarked)
        {
            outcome.BeginOptional();
        }

        outcome.OpenObject("seen"u8);
        outcome.OpenList("a"u8);
        outcome.Item(1);
        outcome.OpenRow();
        outcome.Item("x"u8);
        outcome.Item(2);
        outcome.CloseList();
        outcome.CloseList();
        outcome.Null("b"u8);
        outcome.CloseObject();
        outcome.Close();
        return OutcomeComparer.Agree(Encoding.UTF8.GetBytes(expected), outcome);
    }
}
