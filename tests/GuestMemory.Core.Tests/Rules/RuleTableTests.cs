using Xunit;

namespace GuestMemory.Tests;

/// <summary>Checks are asked in their order; the first that refuses and is on decides.</summary>
public sealed class RuleTableTests
{
    private static readonly Check<int, string> s_isNegative = new("T/negative", "test", "negative numbers", static (ref int call) => call < 0, "negative", CheckClass.Security);
    private static readonly Check<int, string> s_isOdd = new("T/odd", "test", "odd numbers", static (ref int call) => call % 2 != 0, "odd");
    private static readonly Check<int, string> s_isLarge = new("T/large", "test", "large numbers", static (ref int call) => Math.Abs(call) > 100, "large");
    private static readonly RuleTable<int, string> s_table = new(s_isNegative, s_isOdd, s_isLarge);

    [Theory]
    [InlineData(2, null)]
    [InlineData(3, "T/odd")]
    [InlineData(-2, "T/negative")]
    [InlineData(-3, "T/negative")]
    [InlineData(102, "T/large")]
    [InlineData(-103, "T/negative")]
    public void The_first_check_that_refuses_decides(int call, string? id) => Assert.Equal(id, s_table.Decide(ref call, RuleSwitches.AllOn)?.Id);

    [Theory]
    [InlineData(2, null)]
    [InlineData(-2, null)]
    [InlineData(-3, "T/odd")]
    [InlineData(-102, "T/large")]
    public void A_check_that_is_off_leaves_the_decision_to_those_behind_it(int call, string? id) =>
        Assert.Equal(id, s_table.Decide(ref call, RuleSwitches.AllOn.Without("T/negative"))?.Id);

    [Fact]
    public void The_checks_are_those_given_in_their_order()
    {
        Assert.Equal([s_isNegative, s_isOdd, s_isLarge], s_table.Checks);
        Assert.Equal(["negative", "odd", "large"], s_table.Checks.Select(check => check.Answer));
        Assert.Equal([CheckClass.Security, CheckClass.Encoding, CheckClass.Encoding], s_table.Checks.Select(check => check.Class));
    }

    [Fact]
    public void An_empty_table_refuses_nothing()
    {
        var call = -1;
        Assert.Null(new RuleTable<int, string>().Decide(ref call, RuleSwitches.AllOn));
    }

    [Fact]
    public void A_rule_says_what_it_is_where_from_and_what_it_stops()
    {
        Assert.Equal("id", Assert.Throws<ArgumentException>(() => new Rule(" ", "source", "stops")).ParamName);
        Assert.Equal("source", Assert.Throws<ArgumentException>(() => new Rule("T/id", "", "stops")).ParamName);
        Assert.Equal("stops", Assert.Throws<ArgumentNullException>(() => new Rule("T/id", "source", null!)).ParamName);
    }
}
