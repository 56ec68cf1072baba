using Xunit;

namespace GuestMemory.Kvm.Tests.Run;

/// <summary>What a technology's vCPUs do beyond plain accesses, with a technology made for it.</summary>
public sealed class GuestCallTests
{
    [Fact]
    public void A_plain_technology_has_no_calls() =>
        Assert.Throws<NotSupportedException>(() => new World().Kvm.GuestCall(new World().Vm, 1, [0]));

    [Fact]
    public void A_call_is_made_again_once_its_page_is_there_and_answers_in_its_registers()
    {
        var world = Scripted(out var vm, GuestCallAnswer.NeedsPage(Gfn(0), PageKind.Private), GuestCallAnswer.Done(5));

        var exit = world.Kvm.GuestCall(world.Vm, 9, [0]);

        Assert.Equal((ExitReason.Hlt, 5UL), (exit.Reason, exit.Value));
        Assert.Equal(2, vm.Calls);
        Assert.True(world.Guest.TryTranslate(0, Gfn(0), isWrite: true, out _));
    }

    [Fact]
    public void A_page_of_the_other_kind_leaves_to_the_VMM()
    {
        var world = Scripted(out _, GuestCallAnswer.NeedsPage(Gfn(0), PageKind.Shared));
        var exit = world.Kvm.GuestCall(world.Vm, 9, [0]);
        Assert.Equal((ExitReason.MemoryFault, World.At, 0UL), (exit.Reason, exit.Gpa.Value, exit.Flags));
    }

    [Theory]
    [InlineData(FaultResolution.ToGuest, ExitReason.GuestException, 1)]
    [InlineData(FaultResolution.WrongKind, ExitReason.MemoryFault, 1)]
    [InlineData(FaultResolution.Fails, ExitReason.Unknown, 1)]
    [InlineData(FaultResolution.Retry, ExitReason.Unknown, 8)]
    public void A_fault_ends_as_the_technology_says_and_is_repaired_a_bounded_number_of_times(FaultResolution resolution, ExitReason expected, int calls)
    {
        var fault = GuestCallAnswer.Faulted(Gfn(0), PageKind.Private, new(Lane.Fault, 3, 4, null));
        var world = Scripted(out var vm, [.. Enumerable.Repeat(fault, 20)]);
        vm.Resolution = resolution;

        Assert.Equal(expected, world.Kvm.GuestCall(world.Vm, 9, [0]).Reason);
        Assert.Equal(calls, vm.Calls);
    }

    [Fact]
    public void A_vCPU_that_may_not_enter_does_nothing()
    {
        var world = Scripted(out var vm);
        vm.Entry = new(Lane.Status, 6, 0, null);

        Assert.Equal((ExitReason.FailEntry, 6UL), (world.Kvm.GuestCall(world.Vm, 9, [0]) is var exit ? exit.Reason : default, exit.Value));
        Assert.Equal(ExitReason.FailEntry, world.Load(World.At).Reason);
        Assert.Equal((0, 0), (vm.Calls, vm.Left));
    }

    [Fact]
    public void Every_entry_is_left_again()
    {
        var world = Scripted(out var vm, GuestCallAnswer.Done());
        world.Kvm.GuestCall(world.Vm, 9, [0]);
        world.Load(World.At);
        Assert.Equal(2, vm.Left);
    }

    // The next hypercall takes the place of a call whose answer never came.
    [Fact]
    public void An_answer_belongs_to_the_last_exit()
    {
        var world = Scripted(out var vm, GuestCallAnswer.Exits(VcpuExit.MapGpaRange(new(World.At), 1, 0)));
        world.Kvm.EnableCapability(world.Vm, 201, 1UL << 12);
        Assert.Equal(ExitReason.Hypercall, world.Kvm.GuestCall(world.Vm, 9, [0]).Reason);
        world.Kvm.GuestMapGpaRange(world.Vm, World.At, 1, 0, out _);

        Assert.Equal(22UL, world.Kvm.CompleteHypercall(world.Vm, 22).Value);
        Assert.Equal(0, vm.Completed);
    }

    private static Gfn Gfn(ulong page) => new((World.At / World.Page) + page);

    private static World Scripted(out ScriptedVm vm, params GuestCallAnswer[] answers)
    {
        vm = new(answers);
        var world = new World(vmType: 2, technology: vm);
        world.FileSlot();
        world.Convert(World.At, World.SlotSize);
        return world;
    }

    private sealed class ScriptedVm(GuestCallAnswer[] answers) : IGuestTechnology, IGuestProcessor
    {
        public int Calls { get; private set; }

        public int Left { get; private set; }

        public int Completed { get; private set; }

        public Outcome Entry { get; set; }

        public FaultResolution Resolution { get; set; }

        public string Name => "scripted VM";

        public ulong VmType => 2;

        public TechnologyTraits Traits { get; } = new(HasPrivateMemory: true, HasSystemManagementMode: false, PrivateBytesSurviveUnmap: true);

        public IGuestProcessor? Processor => this;

        public ISecondaryMmu CreateMmu(VirtualMachine vm) => vm.CreateNestedPageTable();

        public PageKind WantedKind(PageKind attribute, bool? asksPrivate) =>
            asksPrivate is { } isPrivate ? isPrivate ? PageKind.Private : PageKind.Shared : attribute;

        public Outcome Command(VirtualMachine vm, uint command, Span<byte> data) => Outcome.Success;

        public Outcome Enter(VirtualMachine vm, int vcpu) => Entry;

        public void Leave(VirtualMachine vm, int vcpu) => Left++;

        FaultResolution IGuestProcessor.Resolve(VirtualMachine vm, Gfn gfn, PageKind kind, in Outcome fault) => Resolution;

        GuestCallAnswer IGuestProcessor.Call(VirtualMachine vm, int vcpu, uint function, Span<ulong> registers) => answers[Calls++];

        GuestCallAnswer IGuestProcessor.Complete(VirtualMachine vm, int vcpu, ulong answer)
        {
            Completed++;
            return GuestCallAnswer.Done(answer);
        }
    }
}
