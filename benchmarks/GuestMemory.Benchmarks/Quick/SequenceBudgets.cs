using GuestMemory.Kvm;
using GuestMemory.Testing;

namespace GuestMemory.Benchmarks;

/// <summary>The quick table's lines about property tests: drawing, trying and comparing, nothing found to shrink.</summary>
internal static class SequenceBudgets
{
    private static readonly SequenceOptions Options = new() { Sequences = 500, Length = 40 };

    /// <summary>All of them.</summary>
    public static IEnumerable<Budget> All()
    {
        var steps = 0L;
        var seconds = Measure.Seconds(() => steps = StepProperties.HoldsFor(() => SoftwareSystems.Software.Create(new() { Guests = 1, Vcpus = 1 }), Options).Steps, rounds: 3);
        yield return new("FsCheck sequences of 1 to 40 calls on a software-protected VM", Options.Sequences / seconds, "sequences/s");
        yield return new("  the same as calls, those taken back while drawing included", steps / seconds / 1e3, "k calls/s");

        var specs = new (string Interface, Action Check)[]
        {
            ("ownership table", () => OwnershipTableSpec.HoldsFor(_ => new SoftwareOwnershipTable(), Options)),
            ("backing store", () => BackingStoreSpec.HoldsFor((machine, pages) => machine.CreateStore(BackingProperties.GuestMemfd, pages * 4096, PageKind.Private), Options)),
            ("secondary MMU", () => SecondaryMmuSpec.HoldsFor(vm => vm.CreateNestedPageTable(), options: Options)),
        };
        foreach (var (name, check) in specs)
        {
            yield return new($"  of 1 to 40 commands, {name} and its model", Options.Sequences / Measure.Seconds(check, rounds: 3), "sequences/s");
        }
    }
}
