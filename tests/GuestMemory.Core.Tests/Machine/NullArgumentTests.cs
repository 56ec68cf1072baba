using System.Text.Json;
using Xunit;

namespace GuestMemory.Tests;

/// <summary>A public call without one of its objects says which one is missing, before anything is done.</summary>
public sealed class NullArgumentTests
{
    private static readonly Dictionary<string, Action<TestWorld>> s_calls = new()
    {
        ["machine: destroy store"] = world => world.Machine.DestroyStore(null!),
        ["machine: grow store"] = world => world.Machine.GrowStore(null!, 4096),
        ["machine: shrink store"] = world => world.Machine.ShrinkStore(null!, 4096),
        ["machine: open store"] = world => world.Machine.OpenFile(world.Vm.Id, null!),
        ["machine: is viewed store"] = world => world.Machine.IsViewed(null!),
        ["machine: create technology"] = world => world.Machine.CreateVm(null!),
        ["VM: add slot"] = world => world.Vm.AddSlot(new(9), null!),
        ["VM: remove slot"] = world => world.Vm.RemoveSlot(null!),
        ["VM: free slot"] = world => world.Vm.FreeSlot(null!),
        ["VM: unbind slot"] = world => world.Vm.UnbindSlot(null!, unbindsDyingFile: true),
        ["VM: move slot"] = world => world.Vm.MoveSlot(null!, TestWorld.Gfns(0, 1)),
        ["VM: flags slot"] = world => world.Vm.ChangeSlotFlags(null!, MemslotFlags.None),
        ["VM: invalidate slot"] = world => world.Vm.InvalidateSlot(null!, zapsAll: false),
        ["VM: populate filler"] = world => world.Vm.Populate(TestWorld.Gfns(0, 1), [], null!, out _),
        ["VM: begin process"] = world => world.Vm.BeginHostInvalidate(null!, TestWorld.HostPages(0, 1)),
        ["VM: end process"] = world => world.Vm.EndHostInvalidate(null!, TestWorld.HostPages(0, 1)),
        ["fault: vm"] = _ => Make(() => new GuestFault(null!, default, isWrite: false, PageKind.Shared)),
        ["table: index"] = world => Make(() => new NestedPageTable(default, world.Vm.Sequence, null!, world.Vm.Cache, Enforcement.Enforce)),
        ["table: found"] = world => world.Vm.CreateNestedPageTable().FindMappings(new(default, 1), null!),
        ["process: found"] = world => world.Process.FindMappings(new(default, 1), null!),
        ["index: mapper"] = world => world.Machine.Mappings.Register(null!),
        ["pins: found"] = world => world.Machine.Frames.Pins.FindMappings(new(default, 1), null!),
        ["lowest first: pool"] = _ => LowestFirst.Instance.TryChoose(null!, default, out var _),
        ["adversarial: pool"] = _ => Adversarial.Instance.TryChoose(null!, default, out var _),
        ["buffer pool: purposes"] = _ => Make(() => new BufferPool(default, null!)),
        ["buffer pool: pool"] = _ => new BufferPool(default).TryChoose(null!, default, out var _),
        ["rule table: checks"] = _ => Make(() => new RuleTable<int, int>(null!)),
        ["rule table: off"] = _ =>
        {
            var call = 0;
            new RuleTable<int, int>().Decide(ref call, null!);
        },
        ["check: refuses"] = _ => Make(() => new Check<int, int>("T/check", "test", "nothing", null!, 0)),
        ["switches: rule"] = _ => RuleSwitches.AllOn.IsOff(null!),
        ["invariant: machine"] = _ => MachineInvariants.Frame.FindBreach(null!),
        ["checker: machine"] = _ => new InvariantChecker().OnStep(null!, default),
        ["composite: observers"] = _ => Make(() => new CompositeObserver(null!)),
        ["logging: logger"] = _ => Make(() => new LoggingObserver(null!)),
        ["logging: machine"] = _ => LoggingObserver.LevelOf(null!, default),
        ["writer: buffer"] = _ => MakeWriter(),
        ["writer: map"] = _ =>
        {
            var writer = new StateWriter([]);
            writer.Runs<FrameUse>(null!, static (ref _, in _) => { });
        },
        ["writer: write"] = _ =>
        {
            var writer = new StateWriter([]);
            writer.Runs(new RangeMap<FrameUse>(), null!);
        },
        ["writer: set"] = _ =>
        {
            var writer = new StateWriter([]);
            writer.Runs(null!);
        },
        ["reader: target"] = _ => StateReader.ReadWhole([], null!),
        ["reader: map"] = _ =>
        {
            var reader = new StateReader([]);
            reader.Runs<FrameUse>(null!, static (ref _) => default);
        },
        ["reader: read"] = _ =>
        {
            var reader = new StateReader([]);
            reader.Runs(new RangeMap<FrameUse>(), null!);
        },
        ["reader: set"] = _ =>
        {
            var reader = new StateReader([]);
            reader.Runs(null!);
        },
        ["converter: writer"] = _ => new HexJsonConverter<Gfn>().Write(null!, default, JsonSerializerOptions.Default),
        ["converter, property: writer"] = _ => new HexJsonConverter<Gfn>().WriteAsPropertyName(null!, default, JsonSerializerOptions.Default),
    };

    public static TheoryData<string> Calls { get; } = [.. s_calls.Keys];

    [Theory]
    [MemberData(nameof(Calls))]
    public void What_is_missing_is_named(string call)
    {
        var world = TestWorld.Create();

        var error = Assert.Throws<ArgumentNullException>(() => s_calls[call](world));

        Assert.Equal(call[(call.LastIndexOf(' ') + 1)..], error.ParamName);
        Assert.DoesNotContain(MachineInvariants.All, invariant => invariant.FindBreach(world.Machine) is not null);
    }

    private static void Make(Func<object> make) => make();

    private static void MakeWriter() => _ = new StateWriter(null!);
}
