using Xunit;
using static GuestMemory.Tdx.Tests.Lifecycle.LifecycleWorlds;

namespace GuestMemory.Tdx.Tests.Lifecycle;

public sealed class EpochTests
{
    private const int Vcpus = 2;

    // tdx.md, 16: scenario 19. A second TRACK waits for those who entered before the first.
    [Fact]
    public void A_vcpu_of_the_epoch_before_holds_the_next_one_up()
    {
        var world = Running();
        world.Expect(TdxFunction.VpEnter, Vcpu);
        world.Expect(TdxFunction.MemTrack, Tdr);
        Assert.Equal(0x8000020100000000, world.Call(TdxFunction.MemTrack, Tdr).Status.Value);

        world.Module.Exit(Frame(Vcpu));
        Assert.Equal(0UL, world.Call(TdxFunction.MemTrack, Tdr).Status.Value);
    }

    // tdx.md, 16: scenario 18, what REMOVE asks of the epochs.
    [Fact]
    public void What_was_blocked_is_tracked_when_the_last_vcpu_of_its_epoch_left()
    {
        var world = Running();
        var td = world.Module.Tds[0];
        world.Expect(TdxFunction.VpEnter, Vcpu);
        var blocked = td.Epoch;
        Assert.False(td.IsTracked(blocked));

        world.Expect(TdxFunction.MemTrack, Tdr);
        Assert.False(td.IsTracked(blocked));

        world.Module.Exit(Frame(Vcpu));
        Assert.True(td.IsTracked(blocked));
        Assert.False(td.IsTracked(blocked | (1UL << 63)));
    }

    // tdx.md, 5.1; tdx-recordings, all 655 entries: a flush where the epoch changed under an association that stood.
    [Fact]
    public void An_entry_flushes_when_the_epoch_changed_on_the_same_processor()
    {
        var world = Running();
        var vcpu = world.Module.FindVcpu(Frame(Vcpu))!;
        Assert.True(EnterAndLeave(world, vcpu, 0));
        Assert.False(EnterAndLeave(world, vcpu, 0));

        world.Expect(TdxFunction.MemTrack, Tdr);
        Assert.True(EnterAndLeave(world, vcpu, 0));

        world.Expect(TdxFunction.MemTrack, Tdr);
        world.Expect(TdxFunction.VpFlush, Vcpu);
        Assert.False(EnterAndLeave(world, vcpu, 3));
        Assert.Equal((3, 1), (vcpu.Processor, vcpu.Td.AssociatedVcpus));
    }

    // tdx.md, 5.1: every way two vCPUs and TRACK can go; the counts are those of the vCPUs inside.
    [Fact]
    public void In_every_reachable_state_the_counts_are_the_vcpus_inside()
    {
        var seen = new HashSet<string>();
        var waiting = new Queue<byte[]>();
        waiting.Enqueue(Two().State());
        var (waited, ran) = (false, false);
        while (waiting.TryDequeue(out var state))
        {
            foreach (var move in Enumerable.Range(0, (Vcpus * 2) + 1))
            {
                var world = Two();
                var reader = new StateReader(state);
                world.Module.ReadState(ref reader);
                if (!Move(world, move) || world.Module.Tds[0].Epoch > 4)
                {
                    continue;
                }

                var td = world.Module.Tds[0];
                AssertCounts(td);
                waited |= !td.IsTracked(td.Epoch - 1) && td.Epoch > 1;
                ran |= td.Epoch == 4;
                var next = world.State();
                if (seen.Add(Convert.ToHexString(next)))
                {
                    waiting.Enqueue(next);
                }
            }
        }

        Assert.True(waited && ran);
    }

    // tdx-module, tdh_vp_enter.c: the association is made before the epoch's lock is asked for.
    [Fact]
    public void A_refused_entry_leaves_the_vcpu_associated()
    {
        var world = Running();
        var vcpu = world.Module.FindVcpu(Frame(Vcpu))!;
        world.Expect(TdxFunction.VpFlush, Vcpu);
        world.Module.Locks.Take(HeldLock.Epoch(Frame(Tdr)), exclusive: true);

        Assert.Equal(0x80000200000000a9, world.Call(TdxFunction.VpEnter, Vcpu, processor: 2).Status.Value);
        Assert.Equal((2, 1, false, 0U), (vcpu.Processor, vcpu.Td.AssociatedVcpus, vcpu.IsInside, vcpu.Td.References(1)));
    }

    // API: leaving is no call of the module's.
    [Fact]
    public void Only_a_vcpu_that_is_inside_can_leave()
    {
        var world = Running();
        Assert.Throws<InvalidOperationException>(() => world.Module.Exit(Frame(Vcpu)));
        Assert.Throws<ArgumentException>(() => world.Module.Exit(Frame(Tdr)));
    }

    private static TdxWorld Two()
    {
        var world = new TdxWorld();
        world.BuildTd(vcpus: Vcpus);
        return world;
    }

    private static bool Move(TdxWorld world, int move)
    {
        if (move == Vcpus * 2)
        {
            var before = world.Module.Tds[0].References(world.Module.Tds[0].Epoch - 1);
            var tracked = world.Call(TdxFunction.MemTrack, Tdr).Status.IsSuccess;
            Assert.Equal(before == 0, tracked);
            return tracked;
        }

        var vcpu = world.Module.Tds[0].Vcpus[move / 2];
        if (move % 2 == 0)
        {
            return world.Call(TdxFunction.VpEnter, vcpu.Tdvpr.Address.Value, processor: move / 2).Status.IsSuccess;
        }

        if (vcpu.IsInside)
        {
            world.Module.Exit(vcpu.Tdvpr);
            return true;
        }

        return false;
    }

    private static void AssertCounts(Td td)
    {
        var inside = td.Vcpus.Where(vcpu => vcpu.IsInside).ToArray();
        Assert.All(inside, vcpu => Assert.InRange(vcpu.Epoch, td.Epoch - 1, td.Epoch));
        Assert.Equal((uint)inside.Count(vcpu => vcpu.Epoch % 2 == 0), td.EvenReferences);
        Assert.Equal((uint)inside.Count(vcpu => vcpu.Epoch % 2 == 1), td.OddReferences);
        Assert.Equal(inside.All(vcpu => vcpu.Epoch == td.Epoch), td.IsTracked(td.Epoch - 1));
    }

    private static bool EnterAndLeave(TdxWorld world, TdVcpu vcpu, int processor)
    {
        world.Expect(TdxFunction.VpEnter, vcpu.Tdvpr.Address.Value, processor: processor);
        world.Module.Exit(vcpu.Tdvpr);
        return vcpu.FlushedAtEntry;
    }
}
