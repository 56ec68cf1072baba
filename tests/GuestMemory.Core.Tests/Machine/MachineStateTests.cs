using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Tests;

/// <summary>The whole machine as canonical bytes: equal machines, equal bytes; read back, the same machine. Source: architecture, principle 5.</summary>
public sealed class MachineStateTests
{
    private const int Tests = 250;

    [Fact]
    public void A_machine_read_back_writes_the_same_bytes_and_holds_the_same_mappings() => Sequences.Of(CoreStep.Any).Check(Tests, steps =>
    {
        var machine = Run(CoreScript.Start(), steps);
        var bytes = machine.WriteState().ToArray();
        var other = CoreScript.NewMachine();

        other.ReadState(bytes);

        Assert.Equal(bytes, other.WriteState().ToArray());
        Assert.Equal(machine.Fingerprint(), other.Fingerprint());
        Assert.Equal(machine.Mappings.Runs.ToArray(), other.Mappings.Runs.ToArray());
        Assert.Equal(machine.Mappings.WhoMaps(machine.Frames.AllFrames), other.Mappings.WhoMaps(machine.Frames.AllFrames));
    });

    // Restored is not only equal, it goes on equally: every later answer and state is the same.
    [Fact]
    public void A_machine_read_back_goes_on_as_the_first_would() => Sequences.Of(CoreStep.Any).Check(Tests, steps =>
    {
        var machine = Run(CoreScript.Start(), steps[..(steps.Length / 2)]);
        var other = CoreScript.NewMachine();
        other.ReadState(machine.WriteState());
        foreach (var step in steps[(steps.Length / 2)..])
        {
            Assert.Equal(CoreScript.Apply(machine, step), CoreScript.Apply(other, step));
            Assert.Equal(machine.Fingerprint(), other.Fingerprint());
        }
    });

    // In place: a machine that has gone somewhere else comes back, whatever it grew or lost on the way.
    [Fact]
    public void A_machine_comes_back_to_an_earlier_state_in_place() => Sequences.Of(CoreStep.Any).Check(Tests, steps =>
    {
        var machine = Run(CoreScript.Start(), steps[..(steps.Length / 3)]);
        var bytes = machine.WriteState().ToArray();
        var answers = steps[(steps.Length / 3)..].Select(step => CoreScript.Apply(machine, step)).ToArray();
        machine.CreateProcess().Map(TestWorld.HostPages(0, 1), new(1, default, HostRights.Read, IsShared: true, 1, IsLocked: false));
        var end = machine.WriteState().ToArray();

        machine.ReadState(bytes);
        Assert.Equal(bytes, machine.WriteState().ToArray());
        Assert.Equal(answers, steps[(steps.Length / 3)..].Select(step => CoreScript.Apply(machine, step)));
        machine.ReadState(end);
        Assert.Equal(end, machine.WriteState().ToArray());
    });

    [Fact]
    public void The_same_steps_give_the_same_bytes() => Sequences.Of(CoreStep.Any).Check(Tests, steps =>
        Assert.Equal(Run(CoreScript.Start(), steps).WriteState().ToArray(), Run(CoreScript.Start(), steps).WriteState().ToArray()));

    // Every invariant after every step, and the counts of the reverse index equal a recount from the mappers' own tables.
    [Fact]
    public void No_sequence_breaks_an_invariant_or_a_count() => Sequences.Of(CoreStep.Any).Check(Tests, steps =>
    {
        var machine = CoreScript.Start(observer: new InvariantChecker(CheckScope.Everything));
        foreach (var step in steps)
        {
            CoreScript.Apply(machine, step);
            InvariantChecker.Sweep(machine);
            var kept = machine.Mappings.Runs.ToArray();
            machine.Mappings.Rebuild();
            Assert.Equal(kept, machine.Mappings.Runs.ToArray());
        }
    });

    // I9: whether the direct map keeps a store's frames shows in no outcome and in no byte a guest or process reads.
    [Fact]
    public void The_direct_map_shows_in_no_outcome() => Sequences.Of(CoreStep.Any).Check(Tests, steps =>
    {
        var mapped = CoreScript.Start(directMapped: true);
        var removed = CoreScript.Start(directMapped: false);
        foreach (var step in steps)
        {
            Assert.Equal(CoreScript.Apply(mapped, step), CoreScript.Apply(removed, step));
        }

        Assert.Equal(0, mapped.DirectMap.Removed.Length);
        foreach (var run in removed.Stores[0].Pages)
        {
            Assert.False(removed.DirectMap.Maps(run.Value.Frame));
        }
    });

    // The order in which invalidations were opened leaves no trace.
    [Fact]
    public void Invalidations_opened_in_another_order_are_the_same_state()
    {
        var (left, right) = (CoreScript.Start(), CoreScript.Start());
        foreach (var page in new ulong[] { 1, 5, 3 })
        {
            left.Store(0).BeginInvalidate(TestWorld.Pages(page, 2), KindFilter.Both);
            right.Store(0).BeginInvalidate(TestWorld.Pages(6 - page, 2), KindFilter.Both);
        }

        Assert.Equal(left.Fingerprint(), right.Fingerprint());
    }

    // What is gone leaves nothing: slots, files, stores and a VM made and destroyed give the fresh machine's bytes.
    [Fact]
    public void A_machine_on_which_everything_is_gone_again_is_a_fresh_one()
    {
        var machine = CoreScript.NewMachine();
        var process = machine.CreateProcess();
        var fresh = machine.WriteState().ToArray();
        var world = machine.CreateVm(machine.Technologies[1]);
        var store = machine.CreateStore(BackingProperties.GuestMemfd, 4 * 4096, PageKind.Private);
        var file = machine.OpenFile(world.Id, store);
        world.AddSlot(new(3, 0, new(new(0), 4), MemslotFlags.GuestMemfd, 0, 0x100, file.Id, default, FileServesShared: false), out _);
        world.SetAttributes(new(new(0), 4), MemoryAttributes.Private);
        new GuestFault(world, new(0), isWrite: true, PageKind.Private).Run();
        var memfd = machine.CreateStore(BackingProperties.Memfd, 4096);
        process.Map(new(new(0x100), 1), new(memfd.Id, default, HostRights.Read, IsShared: true, 1, IsLocked: false));
        process.Load(new(0x100000), 8, out _);

        process.Unmap(new(new(0x100), 1));
        machine.DestroyStore(memfd);
        file.Release();
        world.Destroy();
        machine.DestroyStore(store);

        Assert.Equal(fresh, machine.WriteState().ToArray());
    }

    // Truncated at every byte, continued, of another format: one exception, and the machine can be restored after it.
    [Fact]
    public void Bytes_that_are_cut_or_go_on_are_no_state()
    {
        var machine = Run(CoreScript.Start(), Busy);
        var bytes = machine.WriteState().ToArray();
        var other = CoreScript.NewMachine();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<FormatException>(() => other.ReadState(bytes.AsSpan(0, length)));
        }

        Assert.Throws<FormatException>(() => other.ReadState([.. bytes, 0]));
        Assert.Throws<FormatException>(() => other.ReadState([2, 0, 0, 0, .. bytes[4..]]));
        other.ReadState(bytes);
        Assert.Equal(bytes, other.WriteState().ToArray());
    }

    [Fact]
    public void Bytes_with_any_one_changed_are_a_state_or_refused_as_none()
    {
        var bytes = Run(CoreScript.Start(), Busy).WriteState().ToArray();
        var changes = from at in Gen.Choose(0, bytes.Length - 1) from value in Gen.Choose(0, 255) select (at, (byte)value);
        var other = CoreScript.NewMachine();
        var refused = 0;
        Prop.ForAll(Arb.From(changes), change =>
        {
            byte[] changed = [.. bytes[..change.at], change.Item2, .. bytes[(change.at + 1)..]];
            try
            {
                other.ReadState(changed);
            }
            catch (FormatException)
            {
                refused++;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

        Assert.InRange(refused, 300, 2900);
        other.ReadState(bytes);
        Assert.Equal(bytes, other.WriteState().ToArray());
    }

    [Fact]
    public void Text_is_no_state() =>
        Assert.Throws<FormatException>(() => CoreScript.NewMachine().ReadState("no machine was ever written like this, whatever its options"u8));

    [Fact]
    public void A_VM_of_a_type_the_machine_does_not_know_is_refused_by_its_number()
    {
        var bytes = CoreScript.Start().WriteState().ToArray();
        var stranger = new MachineFactory(new() { Frames = 40 }, [new TestTechnology(9)]).Create();

        Assert.Contains("type 1", Assert.Throws<FormatException>(() => stranger.ReadState(bytes)).Message, StringComparison.Ordinal);
    }

    private static CoreStep[] Busy { get; } =
    [
        new(CoreCall.Convert, 0, 4, 2), new(CoreCall.GuestWrite, 1, 1, 77), new(CoreCall.GuestWrite, 8, 1, 78), new(CoreCall.HostStore, 9, 1, 79),
        new(CoreCall.Pin, 8, 1, 1), new(CoreCall.Map, 10, 2, 2), new(CoreCall.HostLoad, 10, 1, 0), new(CoreCall.CreateVm, 9, 1, 2),
        new(CoreCall.MarkPoisoned, 9, 1, 0), new(CoreCall.BeginInvalidate, 3, 2, 0),
    ];

    private static Machine Run(Machine machine, CoreStep[] steps)
    {
        foreach (var step in steps)
        {
            CoreScript.Apply(machine, step);
        }

        return machine;
    }
}
