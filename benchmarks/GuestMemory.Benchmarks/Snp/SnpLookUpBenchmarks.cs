using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using GuestMemory.Rmp;

namespace GuestMemory.Benchmarks;

/// <summary>Look-up and access check of random frames over 64 GiB, against one random read of a plain array as large as what the table reads.</summary>
[MemoryDiagnoser]
public class SnpLookUpBenchmarks
{
    internal const int Reads = 1 << 14;
    private OwnedMachine _machine = null!;
    private RmpEntry[] _array = [];
    private RandomFrames[] _random = [];

    [Params(PageSize.Size4K, PageSize.Size2M)]
    public PageSize Pages { get; set; }

    /// <summary>How large the array is: an entry a page where each has its own, otherwise a block's 32 bytes each 2M.</summary>
    internal double ArrayMiB => _array.Length * Unsafe.SizeOf<RmpEntry>() / (double)(1 << 20);

    [GlobalSetup]
    public void SetUp()
    {
        _machine = new(Pages);
        _array = _machine.Entries(Pages == PageSize.Size4K ? OwnedMachine.Frames : OwnedMachine.Frames / 256);
        var frames = OwnedMachine.Frames;
        var places = (uint)_array.Length;
        _random = [new(places), new(frames), new(frames), new(places), new(frames), new(frames), new(frames)];
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Reads)]
    public ulong ArrayRead() => _random[0].Independent(new ArrayReader(_array), Reads);

    [Benchmark(OperationsPerInvoke = Reads)]
    public ulong LookUp() => _random[1].Independent(new LookUpReader(_machine.Platform.Table), Reads);

    [Benchmark(OperationsPerInvoke = Reads)]
    public ulong Check() => _random[2].Independent(new CheckReader(_machine), Reads);

    [Benchmark(OperationsPerInvoke = Reads)]
    public ulong CheckAndLookUp() => _random[6].Independent(new CheckAndLookUpReader(_machine), Reads);

    [Benchmark(OperationsPerInvoke = Reads)]
    public ulong ArrayReadDependent() => _random[3].Dependent(new ArrayReader(_array), Reads);

    [Benchmark(OperationsPerInvoke = Reads)]
    public ulong LookUpDependent() => _random[4].Dependent(new LookUpReader(_machine.Platform.Table), Reads);

    [Benchmark(OperationsPerInvoke = Reads)]
    public ulong CheckAndLookUpDependent() => _random[5].Dependent(new CheckAndLookUpReader(_machine), Reads);
}
