using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Kvm.Tests.State;

/// <summary>The whole state as bytes: written, restored elsewhere, and going on alike.</summary>
public sealed class StateTests
{
    // Architecture, principle 5: reading the bytes back gives the same machine, on a fresh host and on one with another past.
    [Fact]
    public void A_restored_host_has_the_same_bytes_and_behaves_alike_from_then_on()
    {
        var property = Prop.ForAll(Histories(60), Histories(30), Histories(30), (past, otherPast, future) =>
        {
            foreach (var profile in new[] { KernelProfile.Linux6Dot12, KernelProfile.Linux7Dot3 })
            {
                var original = Run(new OperationHost(profile), past);
                var fresh = new OperationHost(profile);
                var used = Run(new OperationHost(profile), otherPast);
                var bytes = original.Kvm.WriteState().ToArray();
                foreach (var copy in new[] { fresh, used })
                {
                    copy.Kvm.ReadState(bytes);
                    Assert.Equal(bytes, copy.Kvm.WriteState().ToArray());
                }

                foreach (var operation in future)
                {
                    var answer = original.Apply(operation);
                    Assert.Equal(answer, fresh.Apply(operation));
                    Assert.Equal(answer, used.Apply(operation));
                    Assert.Equal(original.Kvm.Fingerprint(), fresh.Kvm.Fingerprint());
                    Assert.Equal(original.Kvm.Fingerprint(), used.Kvm.Fingerprint());
                }
            }
        });

        Check.One(Configuration(150), property);
    }

    // No step of any call breaks an invariant, and Enforce never has anything to refuse.
    [Fact]
    public void No_sequence_of_calls_breaks_an_invariant()
    {
        var property = Prop.ForAll(Histories(80), history =>
        {
            var host = new OperationHost(KernelProfile.Linux7Dot3);
            foreach (var operation in history)
            {
                var answer = host.Apply(operation);
                Assert.DoesNotContain(CoreRules.UnmapBeforeConvert.Id, answer, StringComparison.Ordinal);
                InvariantChecker.Sweep(host.Kvm.Machine);
            }
        });

        Check.One(Configuration(300), property);
    }

    // Principle 3: a call that was refused changed nothing. Left out are those that document a partial effect, and guest accesses.
    [Fact]
    public void A_refused_call_of_any_sequence_changed_nothing()
    {
        int[] all = [1, 2, 3, 4, 6, 11, 16, 18, 19];
        var property = Prop.ForAll(Histories(80), history =>
        {
            var host = new OperationHost(KernelProfile.Linux7Dot3);
            foreach (var operation in history)
            {
                var before = host.Kvm.Fingerprint();
                var answer = host.Apply(operation);
                if (all.Contains(operation.Call) && answer.StartsWith('E'))
                {
                    Assert.True(before == host.Kvm.Fingerprint(), $"{operation} answered {answer} and changed something");
                }
            }
        });

        Check.One(Configuration(300), property);
    }

    // What the histories must sometimes do (exemplar 13): every call succeeds and is refused, and a guest comes to every kind of exit.
    [Fact]
    public void The_histories_reach_success_and_refusal_of_every_call()
    {
        var answers = new SortedSet<string>(StringComparer.Ordinal);
        var property = Prop.ForAll(Histories(80), history =>
        {
            var host = new OperationHost(KernelProfile.Linux7Dot3);
            foreach (var operation in history)
            {
                answers.Add($"{OperationHost.NameOf(operation.Call)} {host.Apply(operation).Split(' ', '[')[0]}");
            }
        });

        Check.One(Configuration(300), property);

        Assert.Empty(s_reached.Except(answers));
    }

    private static readonly string[] s_reached =
    [
        "anon OK", "attributes EBADF", "attributes EINVAL", "attributes OK", "close OK", "create_guest_memfd EBADF", "create_guest_memfd EINVAL", "create_guest_memfd OK",
        "create_vm OK", "delete EINVAL", "delete OK", "dirty_log ENOENT", "dirty_log OK", "dup OK", "fallocate EINVAL", "fallocate ENOMEM", "fallocate OK",
        "host_load None", "host_load NoPage", "host_store None", "host_store NotPermitted", "hypercall Hlt", "hypercall Hypercall", "load Hlt", "load MemoryFault", "load Mmio", "load Unknown",
        "madvise EINVAL", "madvise OK", "mmap ENODEV", "mmap OK", "munmap OK", "pre_fault EFAULT", "pre_fault ENOENT", "pre_fault OK", "punch OK",
        "region EEXIST", "region EINVAL", "region OK", "store Hlt", "store MemoryFault", "store Mmio", "xadd Hlt", "xadd Mmio",
    ];

    // The same calls give the same bytes: no clock, no chance, no hashing order.
    [Fact]
    public void The_same_history_gives_the_same_bytes()
    {
        var property = Prop.ForAll(Histories(80), history =>
        {
            var (one, other) = (Run(new OperationHost(KernelProfile.Linux7Dot3), history), Run(new OperationHost(KernelProfile.Linux7Dot3), history));

            Assert.Equal(one.Kvm.WriteState().ToArray(), other.Kvm.WriteState().ToArray());
        });

        Check.One(Configuration(100), property);
    }

    [Fact]
    public void Bytes_that_are_no_state_are_refused()
    {
        var host = new OperationHost(KernelProfile.Linux7Dot3);
        var bytes = host.Kvm.WriteState().ToArray();

        Assert.Throws<FormatException>(() => host.Kvm.ReadState(bytes.AsSpan()[..^1]));
        Assert.Throws<FormatException>(() => host.Kvm.ReadState([.. bytes, 0]));
        Assert.Throws<FormatException>(() => host.Kvm.ReadState([]));
        host.Kvm.ReadState(bytes);
        Assert.Equal(bytes, host.Kvm.WriteState().ToArray());
    }

    private static OperationHost Run(OperationHost host, Operation[] history)
    {
        foreach (var operation in history)
        {
            host.Apply(operation);
        }

        return host;
    }

    // A fixed seed: a failure is the same one next time. Every history begins with one VM of each kind.
    private static Config Configuration(int tests) => Config.QuickThrowOnFailure.WithMaxTest(tests).WithReplay(20260801, 7).WithStartSize(20).WithEndSize(100);

    private static Arbitrary<Operation[]> Histories(int length)
    {
        var number = Gen.Choose(0, 63);
        var operation = from call in Gen.Choose(0, 10 * OperationHost.Calls)
                        from a in number
                        from b in number
                        from c in number
                        select new Operation(call < 2 ? 0 : 1 + (call % (OperationHost.Calls - 1)), a, b, c);
        Operation[] begin = [new(0, 0, 0, 0), new(0, 1, 0, 0), new(17, 0, 0, 0), new(1, 1, 0, 0), new(1, 0, 0, 3)];
        return Arb.From(operation.ArrayOf(length).Select(rest => (Operation[])[.. begin, .. rest]), Shorter);
    }

    private static IEnumerable<Operation[]> Shorter(Operation[] history)
    {
        for (var size = history.Length / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= history.Length; at += size)
            {
                yield return [.. history[..at], .. history[(at + size)..]];
            }
        }
    }
}
