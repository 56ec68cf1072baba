using BenchmarkDotNet.Attributes;
using GuestMemory.Rmp;

namespace GuestMemory.Benchmarks;

/// <summary>The instructions, one call each, on a few pages: what the rules cost, not the memory behind them.</summary>
[MemoryDiagnoser]
public class SnpInstructionBenchmarks
{
    internal const int Calls = 1 << 16;
    private const int Pages = 256;
    private static readonly Asid s_guest = new(5);
    private readonly CpuState _cpu = CpuState.Guest(s_guest);
    private readonly RmpUpdateOperands[] _share = Each(page => RmpUpdateOperands.Share(new(new(page), PageSize.Size4K)));
    private readonly RmpUpdateOperands[] _assign = Each(page => RmpUpdateOperands.Assign(new(new(page), PageSize.Size4K), s_guest, new(page << 12)));
    private readonly GuestWalk[] _walks = Each(page => new GuestWalk(page << 12, new(page << 12), new(page), PageSize.Size4K));
    private SnpPlatform _small = null!;
    private SnpLargePages _large = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _small = new(RmpCoverage.AtEndOf(new(default, 1UL << 20)));
        Array.ForEach(_assign, operands => _small.RmpUpdate(operands));
        MakeLargePages();
    }

    /// <summary>For <see cref="Psmash"/>, which leaves nothing to smash.</summary>
    [IterationSetup(Target = nameof(Psmash))]
    public void MakeLargePages()
    {
        _large = new(Calls);
        _large.Assign();
    }

    /// <summary>A 4K page shared and assigned again: two calls.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public bool RmpUpdate()
    {
        var all = true;
        for (var call = 0; call < Calls; call += 2)
        {
            all &= _small.RmpUpdate(_share[call % Pages]).IsSuccess;
            all &= _small.RmpUpdate(_assign[call % Pages]).IsSuccess;
        }

        return all;
    }

    /// <summary>A 4K page accepted and given up again: two calls.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public bool Pvalidate()
    {
        var all = true;
        for (var call = 0; call < Calls; call += 2)
        {
            all &= _small.Pvalidate(_cpu, _walks[call % Pages], isLarge: false, validate: true).IsChanged;
            all &= _small.Pvalidate(_cpu, _walks[call % Pages], isLarge: false, validate: false).IsChanged;
        }

        return all;
    }

    /// <summary>Every 2M page of 128 GiB smashed.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public bool Psmash() => _large.Smash();

    // Operands are made beforehand: only the call is measured.
    private static T[] Each<T>(Func<ulong, T> make) => [.. Enumerable.Range(0, Pages).Select(page => make((ulong)page))];
}
