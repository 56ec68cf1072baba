using GuestMemory.Kvm;
using GuestMemory.Tdx;
using GuestMemory.Testing;

namespace GuestMemory.Benchmarks;

/// <summary>The quick table's lines about replay.</summary>
internal static class ReplayBudgets
{
    private const double Million = 1e6;

    /// <summary>KVM's recordings.</summary>
    public static IEnumerable<Budget> Kvm() => Lines("KVM", Recordings.Kvm, () => new KvmReplay(), 1, 2);

    /// <summary>Those of Intel's TDX module.</summary>
    public static IEnumerable<Budget> Tdx() => Lines("TDX", Recordings.Tdx, () => new TdxReplay(), 0.7, null);

    private static IEnumerable<Budget> Lines(string name, Recordings recordings, Func<IReplaySystem> system, double limit, double? modelLimit)
    {
        var events = recordings.Operations / Million;
        var model = new ReplayRunner(system());
        if (recordings.ReplayAll(model).Agreed != recordings.Operations)
        {
            throw new InvalidOperationException($"Recordings of {name} do not agree with the model.");
        }

        var fromFiles = Measure.Seconds(() => recordings.ReplayAll(model), warmUp: 4);
        yield return new($"replay of {name} from .gz, parsed and compared", events / fromFiles, "M events/s", limit, IsRate: true);

        var parser = new ReplayRunner(new NullSystem());
        var parse = Measure.Seconds(() => recordings.ReplayAll(parser), warmUp: 2);
        yield return new("  of that: reading and parsing alone", events / parse, "M events/s");

        var tapes = recordings.Compressed.Select(file => new Tape(file)).ToArray();
        var taped = system();
        var apply = Measure.Seconds(() => Array.ForEach(tapes, tape => tape.Apply(taped)), warmUp: 2);
        yield return new("  model work alone, parsed before", events / apply, "M events/s", modelLimit, IsRate: true);
    }
}
