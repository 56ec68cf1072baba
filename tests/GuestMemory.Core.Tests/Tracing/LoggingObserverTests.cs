using GuestMemory.Kvm;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GuestMemory.Tests;

public class LoggingObserverTests
{
    private static readonly MachineFactory s_factory = new(new() { Frames = 64 }, [SoftwareProtectedVm.Instance]);
    private readonly RecordingLogger _logger = new(LogLevel.Debug);

    public static TheoryData<StepKind> Kinds => [.. Enum.GetValues<StepKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_step_has_a_message_whose_event_is_its_number_and_name(StepKind kind)
    {
        var machine = MachineWithVm();

        new LoggingObserver(_logger).OnStep(machine, Step(kind));

        var entry = Assert.Single(_logger.Entries);
        Assert.Equal(new EventId((int)kind, kind.ToString()), entry.Event);
        Assert.Equal(kind.ToString(), entry.Event.Name);
    }

    [Fact]
    public void A_conversion_is_logged_step_by_step_in_words()
    {
        var machine = MachineWithVm();
        machine.Observer = new LoggingObserver(_logger);

        machine.VirtualMachine(new(1)).SetAttributes(new(new(0x10), 2), MemoryAttributes.Private);

        Assert.Equal(
            [
                "guest 1: invalidation of gfn 0x10+0x2 began",
                "guest 1: gfn 0x10+0x2 unmapped and flushed, kinds 3: Status 0 (0x0)",
                "guest 1: gfn 0x10+0x2 has attributes 0x8",
                "guest 1: invalidation of gfn 0x10+0x2 ended",
            ],
            _logger.Entries.Select(entry => entry.Text));
        Assert.All(_logger.Entries, entry => Assert.Equal(LogLevel.Debug, entry.Level));
    }

    [Fact]
    public void A_map_that_unmap_before_convert_refused_is_a_warning()
    {
        var level = LoggingObserver.LevelOf(MachineWithVm(), Step(StepKind.FaultMapped) with { Outcome = CoreRules.UnmapBeforeConvert.Refuse(1) });

        Assert.Equal(LogLevel.Warning, level);
    }

    [Fact]
    public void Another_refusal_is_no_warning()
    {
        var level = LoggingObserver.LevelOf(MachineWithVm(), Step(StepKind.FaultMapped) with { Outcome = CoreRules.WrongOwner.Refuse(1) });

        Assert.Equal(LogLevel.Debug, level);
    }

    [Fact]
    public void An_unmap_that_failed_is_a_warning()
    {
        var level = LoggingObserver.LevelOf(MachineWithVm(), Step(StepKind.Zapped) with { Outcome = new(Lane.Status, 1, 0, null) });

        Assert.Equal(LogLevel.Warning, level);
    }

    [Fact]
    public void A_broken_page_is_a_warning() =>
        Assert.Equal(LogLevel.Warning, LoggingObserver.LevelOf(MachineWithVm(), Step(StepKind.PagePoisoned)));

    [Fact]
    public void A_step_whose_level_is_off_reaches_no_logger_and_allocates_nothing()
    {
        var machine = MachineWithVm();
        var quiet = new RecordingLogger(LogLevel.Warning);
        var observer = new LoggingObserver(quiet);
        var step = Step(StepKind.GuestAccess);
        observer.OnStep(machine, step);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var count = 0; count < 1000; count++)
        {
            observer.OnStep(machine, step);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Empty(quiet.Entries);
    }

    [Fact]
    public void Several_observers_hear_of_a_step_in_their_order()
    {
        var heard = new List<int>();
        var machine = MachineWithVm();
        machine.Observer = new CompositeObserver(new Noting(heard, 1), new Noting(heard, 2));

        var vm = machine.VirtualMachine(new(1));
        vm.BeginConversion(new(new(0x10), 1));
        vm.EndConversion(new(new(0x10), 1));

        Assert.Equal([1, 2, 1, 2, 1, 2], heard);
    }

    [Fact]
    public void A_missing_observer_is_refused() =>
        Assert.Throws<ArgumentException>(() => new CompositeObserver(new LoggingObserver(_logger), null!));

    private static Machine MachineWithVm()
    {
        var machine = s_factory.Create();
        machine.CreateVm(SoftwareProtectedVm.Instance);
        return machine;
    }

    private static StepEvent Step(StepKind kind) => new(kind, new(1), 0x10, 2, 3, Outcome.Success);

    private sealed class Noting(List<int> heard, int number) : IStepObserver
    {
        public void OnStep(Machine machine, in StepEvent step) => heard.Add(number);
    }
}
