using Xunit;

namespace GuestMemory.Rmp.Tests.Search;

/// <summary>The scenario of running guests: its checks are the invariants', its parts are its state.</summary>
public sealed class RunSystemTests
{
    private const int Walks = 60;
    private const int StepsPerWalk = 120;

    // Those that can refuse in this scenario.
    private static readonly string[] s_rules =
    [
        "PVALIDATE/assigned", "PVALIDATE/gpa", "PVALIDATE/asid", "PVALIDATE/immutable", "ACCESS/host/hypervisor-owned", "ACCESS/shared/hypervisor-owned",
        "ACCESS/private/guest-owned", "ACCESS/private/reverse-map", "ACCESS/private/validated", "ACCESS/private/vmpl", "ACCESS/private/page-size",
    ];

    public static TheoryData<string?> RulesOff => [null, .. s_rules];

    [Theory]
    [MemberData(nameof(RulesOff))]
    public void Its_checks_find_what_the_checker_of_every_invariant_finds(string? ruleOff)
    {
        var broken = 0;
        for (var seed = 0; seed < Walks; seed++)
        {
            var system = Create(ruleOff);
            var checker = RmpChecker.Attach(system.Platform, RmpCheckerOptions.Record);
            var found = Walk(system, new(seed), () => Assert.Empty(checker.Breaches));
            broken += found is null ? 0 : 1;

            Assert.Equal(found, checker.Breaches.Count == 0 ? null : checker.Breaches[0].Invariant.Name);
        }

        Assert.Equal(IsSecurity(ruleOff), broken > 0);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("PVALIDATE/gpa")]
    [InlineData("ACCESS/host/hypervisor-owned")]
    public void Its_parts_are_its_state_and_any_state_comes_back_part_by_part(string? ruleOff)
    {
        for (var seed = 0; seed < Walks; seed++)
        {
            var (system, other) = (Create(ruleOff), Create(ruleOff));
            var earlier = StepParts.Of(system);
            Walk(system, new(seed), () =>
            {
                Assert.Equal(StateOf(system), StepParts.Of(system).SelectMany(part => part));
                CheckComesBack(other, earlier = StepParts.Of(system));
            });
            StepParts.Read(system, earlier);

            Assert.Equal(earlier.SelectMany(part => part), StateOf(system));
            Assert.Equal(Answers(other), Answers(system));
        }
    }

    [Fact]
    public void Every_part_that_a_step_changes_is_named_as_touched()
    {
        for (var seed = 0; seed < Walks; seed++)
        {
            var (system, random) = (Create(null), new Random(seed));
            for (var made = 0; made < StepsPerWalk; made++)
            {
                var before = StepParts.Of(system);
                var answer = system.Apply(Choose(system, random));
                var after = StepParts.Of(system);

                Assert.All(Enumerable.Range(0, before.Length), part =>
                    Assert.True((answer.Touched & (1UL << part)) != 0 || before[part].SequenceEqual(after[part])));
            }
        }
    }

    [Theory]
    [InlineData("Guests")]
    [InlineData("Pages")]
    [InlineData("Vcpus")]
    public void A_number_out_of_range_is_an_argument_error_that_says_what_is_allowed(string name)
    {
        var options = name switch
        {
            "Guests" => new StepSystemOptions { Guests = 9 },
            "Pages" => new StepSystemOptions { Pages = 0 },
            _ => new StepSystemOptions { Vcpus = 9 },
        };

        var error = Assert.Throws<ArgumentException>(() => SnpSystems.Snp.Create(options));

        Assert.Contains($"{name} is ", error.Message, StringComparison.Ordinal);
        Assert.Contains("1 to 8", error.Message, StringComparison.Ordinal);
    }

    private static SnpRunSystem Create(string? ruleOff) =>
        (SnpRunSystem)SnpSystems.Snp.Create(new() { Rules = ruleOff is null ? RuleSwitches.AllOn : RuleSwitches.AllOn.Without(ruleOff) });

    // Those whose absence no other check makes up for.
    private static bool IsSecurity(string? rule) => rule is not null and not ("PVALIDATE/assigned" or "PVALIDATE/immutable" or "ACCESS/private/vmpl" or "ACCESS/private/page-size");

    // Up to the first thing broken.
    private static string? Walk(SnpRunSystem system, Random random, Action afterStep)
    {
        for (var made = 0; made < StepsPerWalk; made++)
        {
            try
            {
                system.Apply(Choose(system, random));
            }
            catch (ModelInvariantException broken)
            {
                return broken.Invariant;
            }

            afterStep();
        }

        return null;
    }

    private static uint Choose(SnpRunSystem system, Random random)
    {
        var steps = new List<uint>();
        system.FindSteps(steps);
        return steps[random.Next(steps.Count)];
    }

    private static void CheckComesBack(SnpRunSystem other, byte[][] parts)
    {
        StepParts.Read(other, parts);
        Assert.Equal(parts.SelectMany(part => part), StateOf(other));
    }

    // What every step answers here, and the state after it.
    private static List<string> Answers(SnpRunSystem system)
    {
        var (parts, steps, answers) = (StepParts.Of(system), new List<uint>(), new List<string>());
        system.FindSteps(steps);
        foreach (var step in steps)
        {
            answers.Add($"{system.Describe(step)} {Answer(system, step)} {Convert.ToHexString(StateOf(system))}");
            StepParts.Read(system, parts);
        }

        return answers;
    }

    private static string Answer(SnpRunSystem system, uint step)
    {
        try
        {
            return system.Apply(step).ToString();
        }
        catch (ModelInvariantException broken)
        {
            return broken.Message;
        }
    }

    private static byte[] StateOf(SnpRunSystem system)
    {
        var writer = new StateWriter([]);
        ((IStateful)system).WriteState(ref writer);
        return writer.Written.ToArray();
    }
}
