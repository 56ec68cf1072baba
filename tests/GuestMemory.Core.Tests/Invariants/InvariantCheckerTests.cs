using Xunit;

namespace GuestMemory.Tests;

/// <summary>A checker looks at as much as it was told to, throws what it finds, and otherwise hands the step on.</summary>
public sealed class InvariantCheckerTests
{
    public static TheoryData<StepKind> Kinds => [.. Enum.GetValues<StepKind>()];

    [Fact]
    public void Every_invariant_and_the_checker_ask_for_a_machine()
    {
        Assert.All(MachineInvariants.All, invariant => Assert.Throws<ArgumentNullException>("machine", () => invariant.FindBreach(null!)));
        Assert.Throws<ArgumentNullException>("machine", () => new InvariantChecker().OnStep(null!, default));
    }

    [Fact]
    public void A_breach_that_the_step_did_not_touch_is_found_by_the_sweep_only()
    {
        var machine = Unbalanced();

        new InvariantChecker().OnStep(machine, Step(StepKind.CallReturned));
        var breach = Assert.Throws<ModelInvariantException>(() => new InvariantChecker(CheckScope.Everything).OnStep(machine, Step(StepKind.CallReturned)));
        Assert.Equal("I4", breach.Invariant);
        Assert.Equal("I4: guest 1 counts 1 running invalidations, 0 were begun and not ended", breach.Message);
    }

    [Theory]
    [InlineData(CheckScope.Touched)]
    [InlineData(CheckScope.Everything)]
    public void The_next_observer_hears_of_a_step_that_breaks_nothing(CheckScope scope)
    {
        var next = new Hearing();
        var step = Step(StepKind.InvalidationBegan);

        new InvariantChecker(scope, next).OnStep(new InvariantWorld(observer: null, inPlace: false).Machine, step);

        Assert.Equal([step], next.Heard);
    }

    [Theory]
    [InlineData(CheckScope.Touched)]
    [InlineData(CheckScope.Everything)]
    public void The_next_observer_does_not_hear_of_a_step_that_breaks_something(CheckScope scope)
    {
        var next = new Hearing();

        Assert.Throws<ModelInvariantException>(() => new InvariantChecker(scope, next).OnStep(Unbalanced(), Step(StepKind.InvalidationBegan)));
        Assert.Empty(next.Heard);
    }

    [Fact]
    public void Of_two_broken_invariants_the_sweep_names_the_one_listed_first()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Vm.Sequence.Begin(new(new(0x30), 1));
        world.Misplace();

        Assert.Equal("I1-address", Assert.Throws<ModelInvariantException>(() => InvariantChecker.Sweep(world.Machine)).Invariant);
    }

    [Fact]
    public void A_checker_goes_on_once_the_breach_it_found_is_mended()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        var checker = Breaches.Checker(world.Machine);
        world.Vm.Sequence.Begin(new(world.GfnOf(0), 1));
        Assert.NotNull(Breaches.At(checker, world.Machine, StepKind.InvalidationEnded));

        world.Vm.Sequence.End();

        Assert.Null(Breaches.At(checker, world.Machine, StepKind.InvalidationEnded));
    }

    // I7: only these say what happened to bytes.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bytes_change_only_at_steps_that_may_change_them(StepKind kind)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        var checker = Breaches.Checker(world.Machine);
        world.Machine.Contents.Write(new(0x5000), 8, 1);
        var mayChange = kind is StepKind.GuestAccess or StepKind.HostAccess or StepKind.PageCleared or StepKind.PageMoved
            or StepKind.PagePopulated or StepKind.PagesFreed or StepKind.CallReturned or StepKind.OwnershipStep;

        Assert.Equal(mayChange ? null : $"I7: {kind} changed bytes", Breaches.At(checker, world.Machine, kind));
    }

    private static Machine Unbalanced()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Vm.Sequence.Begin(new(world.GfnOf(0), 1));
        return world.Machine;
    }

    private static StepEvent Step(StepKind kind) => new(kind, new(1), 0x30, 1, 0, Outcome.Success);

    private sealed class Hearing : IStepObserver
    {
        public List<StepEvent> Heard { get; } = [];

        public void OnStep(Machine machine, in StepEvent step) => Heard.Add(step);
    }
}
