using Xunit;

namespace GuestMemory.Tests;

/// <summary>A fault on its way as bytes: written between two of its steps and read back, it goes on as it would have.</summary>
public sealed class GuestFaultStateTests
{
    private const ulong LargePage = 7;
    private const ulong SharedPage = 600;
    private const ulong SecondSlot = 0x800;
    private const int MakeOfSource = 40;
    private readonly TestWorld _world = TestWorld.Create(BackingProperties.GuestMemfd with { LargestOrder = 9 }, pages: 1024, plainTable: true);
    private readonly Memslot _second;

    public GuestFaultStateTests()
    {
        _world.Convert(0, 512, PageKind.Private);
        _world.Vm.AddSlot(
            new(1, 0, TestWorld.Gfns(SecondSlot, 4), MemslotFlags.None, 0, TestWorld.HostBase + SharedPage, -1, default, FileServesShared: false), out _second);
    }

    /// <summary>Each stage of a fault: on a large page of a file, on a process's page in either slot, and on one whose kind is not compared.</summary>
    public static TheoryData<ulong, PageKind, bool, int> Stages
    {
        get
        {
            var stages = new TheoryData<ulong, PageKind, bool, int>();
            for (var before = 0; before < 5; before++)
            {
                stages.Add(LargePage, PageKind.Private, true, before);
                stages.Add(SharedPage, PageKind.Shared, true, before);
                stages.Add(SecondSlot + 1, PageKind.Shared, true, before);
                stages.Add(LargePage, PageKind.Shared, false, before);
            }

            return stages;
        }
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void A_fault_read_back_goes_on_as_it_would_have(ulong page, PageKind kind, bool comparesKind, int before)
    {
        var fault = Started(page, kind, before, comparesKind);
        var bytes = BytesOf(fault);
        var machine = _world.Machine.WriteState().ToArray();
        var (verdict, steps, fingerprint) = GoOn(fault);
        Assert.Equal(FaultVerdict.Mapped, verdict);

        _world.Machine.ReadState(machine);
        var again = Read(_world.Vm, bytes);

        Assert.Equal((fault.Gfn, fault.IsWrite, fault.Kind, fault.Next), (again.Gfn, again.IsWrite, again.Kind, again.Next));
        Assert.Same(fault.Slot, again.Slot);
        Assert.Equal(bytes, BytesOf(again));
        var second = GoOn(again);
        Assert.Equal((verdict, fingerprint), (second.Verdict, second.Fingerprint));
        Assert.Equal(steps, second.Steps);
    }

    [Fact]
    public void A_fault_to_read_is_read_back_as_one()
    {
        var again = Read(_world.Vm, BytesOf(new GuestFault(_world.Vm, TestWorld.Gfn(LargePage), isWrite: false, PageKind.Private)));

        Assert.Equal((false, FaultStage.Sample), (again.IsWrite, again.Next));
        Assert.Null(again.Slot);
    }

    [Fact]
    public void A_fault_in_a_slot_its_VM_does_not_have_is_none()
    {
        var bytes = BytesOf(Started(LargePage, PageKind.Private, before: 1));
        var empty = _world.Machine.CreateVm(_world.Vm.Technology);

        var refused = Assert.Throws<FormatException>(() => Read(empty, bytes));

        Assert.Equal("The state has a fault in slot 0, and there are 0.", refused.Message);
    }

    [Fact]
    public void A_page_from_a_source_of_a_make_nobody_knows_is_none()
    {
        var bytes = BytesOf(Started(LargePage, PageKind.Private, before: 3));
        Assert.Equal(1, bytes[MakeOfSource]);
        bytes[MakeOfSource] = 3;

        Assert.Contains("make 3", Assert.Throws<FormatException>(() => Read(_world.Vm, bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_is_read_for_a_VM() => Assert.Throws<ArgumentNullException>(() => Read(null!, []));

    [Fact]
    public void A_fault_holds_the_slot_it_found_until_it_is_over()
    {
        var fault = new GuestFault(_world.Vm, TestWorld.Gfn(SecondSlot), isWrite: true, PageKind.Shared);
        Assert.False(fault.Holds(_second.Handle) || fault.Holds(_world.Slot.Handle));
        for (var step = 0; step < 4; step++)
        {
            fault.Step();
            Assert.Equal((true, false), (fault.Holds(_second.Handle), fault.Holds(_world.Slot.Handle)));
        }

        fault.Step();

        Assert.Same(_second, fault.Slot);
        Assert.False(fault.Holds(_second.Handle) || fault.Holds(_world.Slot.Handle));
    }

    // A slot's object may be gone from its place while a fault has it still.
    [Fact]
    public void A_slot_in_whose_place_another_stands_is_held_by_nobody()
    {
        var fault = Started(SecondSlot, PageKind.Shared, before: 1);
        _world.Vm.RemoveSlot(_second);
        Assert.True(fault.Holds(_second.Handle));
        var other = new ForeignSlot(TestWorld.Gfns(SecondSlot, 4));

        Assert.True(_world.Vm.AddSlot(_second.Handle, other).IsSuccess);

        Assert.Same(other, _world.Vm.Slots[_second.Handle]);
        Assert.False(fault.Holds(_second.Handle));
        Assert.Null(Read(_world.Vm, BytesOf(fault)).Slot);
    }

    [Theory]
    [InlineData(false, FaultVerdict.Mapped)]
    [InlineData(true, FaultVerdict.Retry)]
    public void Of_a_sample_renumbered_stays_whether_an_invalidation_ended_since(bool isStale, FaultVerdict verdict)
    {
        var fault = Started(LargePage, PageKind.Private, before: 4);
        if (isStale)
        {
            _world.Convert(0x900, 1, PageKind.Private);
        }

        fault.Renumber();
        _world.Vm.Sequence.Renumber();

        Assert.Equal(verdict, fault.Step());
    }

    [Fact]
    public void A_fault_that_took_no_sample_has_none_to_renumber()
    {
        var fault = Started(LargePage, PageKind.Private, before: 0);
        var bytes = BytesOf(fault);

        fault.Renumber();

        Assert.Equal(bytes, BytesOf(fault));
    }

    private static byte[] BytesOf(in GuestFault fault)
    {
        var writer = new StateWriter([]);
        fault.WriteState(ref writer);
        return writer.Written.ToArray();
    }

    private static GuestFault Read(VirtualMachine vm, byte[] bytes)
    {
        var reader = new StateReader(bytes);
        var fault = GuestFault.ReadState(vm, ref reader);
        Assert.True(reader.AtEnd);
        return fault;
    }

    private GuestFault Started(ulong page, PageKind kind, int before, bool comparesKind = true)
    {
        var fault = new GuestFault(_world.Vm, TestWorld.Gfn(page), isWrite: true, kind, comparesKind);
        for (var step = 0; step < before; step++)
        {
            Assert.Equal(FaultVerdict.Continue, fault.Step());
        }

        return fault;
    }

    private (FaultVerdict Verdict, StepEvent[] Steps, UInt128 Fingerprint) GoOn(GuestFault fault)
    {
        var verdict = FaultVerdict.Continue;
        var steps = StepRecorder.During(_world.Machine, () => verdict = fault.Run());
        return (verdict, steps, _world.Machine.Fingerprint());
    }
}
