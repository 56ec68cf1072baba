using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>Whatever a VMM, its guests and other processors do in any order. Source: tdx.md, 12 and 13.</summary>
public sealed class TdxHostSequenceTests
{
    private const int Steps = 300;
    private const int CheckedSeeds = 2;
    private const int Seeds = 40;

    [Fact]
    public void No_sequence_breaks_what_the_machine_the_module_and_the_host_promise() => ForAll(CheckedSeeds, (setup, seed) =>
    {
        var world = new TdxHostSequence(setup, seed);
        Repeat(setup, seed, world.Check);
    });

    // What a lock that was never released cost is lost to everybody; nothing else is.
    [Fact]
    public void Whatever_happened_closing_everything_gives_everything_back() => ForAll(Seeds, (setup, seed) =>
    {
        var world = new TdxHostSequence(setup, seed, isChecked: false);
        Repeat(setup, seed, world.Step);
        world.CloseAll();

        Assert.Empty(world.Host.Tds);
        Assert.Equal(world.InUse, world.Machine.Frames.CountOf(FrameState.InUse));
        Assert.Equal(0UL, world.Machine.Frames.CountOf(FrameState.Deferred));
        Assert.All(world.Host.Module.Pamt.Runs().Where(run => run.Entry.IsUsed), run => Assert.Equal(FrameState.Leaked, world.Machine.Frames[run.Frame]));
        Assert.Empty(TdxInvariants.Check(world.Host.Module));
    });

    [Fact]
    public void A_host_read_back_goes_on_as_one_that_was_not() => ForAll(1, (setup, seed) =>
    {
        var (plain, restored) = (new TdxHostSequence(setup, seed, isChecked: false), new TdxHostSequence(setup, seed, isChecked: false));
        for (var step = 0; step < Steps; step++)
        {
            plain.Step();
            restored.Step();
            if (step % 8 == 0)
            {
                var bytes = restored.Kvm.WriteState().ToArray();
                restored.Kvm.ReadState(bytes);
                Assert.Equal(bytes, restored.Kvm.WriteState().ToArray());
                Assert.Equal(bytes, plain.Kvm.WriteState().ToArray());
            }
        }

        Assert.Equal(plain.Kvm.WriteState().ToArray(), restored.Kvm.WriteState().ToArray());
    });

    // No property above holds for want of cases.
    [Fact]
    public void The_sequences_reach_what_they_are_about()
    {
        var reached = new HashSet<string>();
        ForAll(Seeds, (setup, seed) =>
        {
            var world = new TdxHostSequence(setup, seed, isChecked: false);
            Repeat(setup, seed, world.Step);
            reached.UnionWith(world.Reached);
        });

        Assert.True(!Expected.Except(reached).Any(), string.Join('\n', Expected.Except(reached)) + "\n--\n" + string.Join('\n', reached.Order(StringComparer.Ordinal)));
    }

    private static string[] Expected =>
    [
        "private access Hlt OK", "private access MemoryFault EFAULT", "private access Unknown EIO", "private access Unknown ENOMEM", "private access GuestException OK", "shared access Hlt OK",
        "private access FailEntry OK", "decided by TDX/access-integrity", "line broken", "accept Hlt 0x0", "accept Hlt 0xb0a00000000", "accept Hlt 0xc0000b0b00000001", "map gpa Hypercall 0x0",
        "map gpa Hlt 0x0", "map gpa Hlt 0x8000000000000000", "map gpa Hlt 0x8000000000000002", "convert OK", "convert EIO", "punch OK", "punch EBUSY", "pre-fault OK", "pre-fault EOPNOTSUPP",
        "InitVm OK", "InitVm ENOMEM", "InitMemRegion ENOMEM", "InitMemRegion EEXIST", "FinalizeVm OK", "TerminateVm OK", "moved", "split Done", "merge Done", "slot deleted",
        "VM made anew", "VM closed before its file", "file closed before its VM", "waits for a lock",
    ];

    private static void Repeat(TdxHostSetup setup, ulong seed, Action step)
    {
        var done = 0;
        try
        {
            for (; done < Steps; done++)
            {
                step();
            }
        }
        catch (Exception failed)
        {
            throw new InvalidOperationException($"{setup}, seed {seed}, step {done}: {failed.Message}", failed);
        }
    }

    private static void ForAll(int seeds, Action<TdxHostSetup, ulong> fact)
    {
        foreach (var setup in TdxHostSetup.All)
        {
            for (var seed = 1UL; seed <= (ulong)seeds; seed++)
            {
                fact(setup, seed);
            }
        }
    }
}
