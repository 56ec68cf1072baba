using BenchmarkDotNet.Attributes;

namespace GuestMemory.Benchmarks;

/// <summary>Random calls on a small machine. Two figures make a rate: time a call, and steps a call.</summary>
[MemoryDiagnoser]
public class RandomStepBenchmarks
{
    private const int Calls = 1000;
    private readonly RandomSteps _checked = new(new InvariantChecker());
    private readonly RandomSteps _unwatched = new(null);

    [GlobalSetup]
    public void SetUp()
    {
        var counting = new CountingObserver();
        new RandomSteps(counting).Run(100 * Calls);
        Console.WriteLine($"// {counting.Steps / (100.0 * Calls):f2} steps a call");
    }

    /// <summary>Every invariant checked after every step, on what the step touched.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public void EveryInvariant() => _checked.Run(Calls);

    /// <summary>Nobody listens.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Calls)]
    public void Unwatched() => _unwatched.Run(Calls);
}
