using Xunit;

namespace GuestMemory.Kvm.Tests.Rules;

public sealed class SwitchedOffTests
{
    public static TheoryData<string> Checks => [.. RuleCatalogue.KvmChecks.Select(check => check.Id)];

    // Architecture, principle 10: without the check, the caller is told something else. A check that another one covers would fail here.
    [Theory]
    [MemberData(nameof(Checks))]
    public void Without_a_check_its_case_is_answered_otherwise(string id)
    {
        var on = RuleCases.All[id](RuleSwitches.AllOn);
        var off = RuleCases.All[id](RuleSwitches.AllOn.Without(id));

        Assert.NotEqual(on.Words, off.Words);
        Assert.NotEqual(id, off.DecidedBy?.Id);
    }

    // Every other check is as it was: switching one off changes no case that another decides.
    [Fact]
    public void Switching_a_check_off_leaves_every_other_case_alone()
    {
        foreach (var off in RuleCatalogue.KvmChecks)
        {
            foreach (var (id, run) in RuleCases.All)
            {
                if (id != off.Id)
                {
                    Assert.Equal(id, run(RuleSwitches.AllOn.Without(off.Id)).DecidedBy?.Id);
                }
            }
        }
    }
}
