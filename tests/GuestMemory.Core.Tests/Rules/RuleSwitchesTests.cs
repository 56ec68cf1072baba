using Xunit;

namespace GuestMemory.Tests;

public sealed class RuleSwitchesTests
{
    private static readonly Rule s_first = new("T/first", "test", "nothing");
    private static readonly Rule s_second = new("T/second", "test", "nothing");

    [Fact]
    public void Only_what_is_switched_off_is_off()
    {
        var off = RuleSwitches.AllOn.Without("T/first");

        Assert.True(off.IsOff(s_first));
        Assert.False(off.IsOff(s_second));
        Assert.False(RuleSwitches.AllOn.IsOff(s_first));
    }

    [Fact]
    public void What_is_off_is_listed_once_and_in_order()
    {
        var off = RuleSwitches.AllOn.Without("T/c").Without("T/a").Without("T/b").Without("T/a");

        Assert.Equal(["T/a", "T/b", "T/c"], off.Off);
        Assert.Empty(RuleSwitches.AllOn.Off);
    }

    [Fact]
    public void A_rule_without_a_name_is_no_rule() => Assert.Equal("ruleId", Assert.Throws<ArgumentException>(() => RuleSwitches.AllOn.Without(" ")).ParamName);
}
