using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using GuestMemory.Tdx;

namespace GuestMemory.Benchmarks;

/// <summary>Look-up of random frames over 64 GiB of a TD's, against one random read of a plain array with an entry a page.</summary>
[MemoryDiagnoser]
public class PamtLookUpBenchmarks
{
    internal const int Reads = 1 << 14;
    private const uint Frames = 1U << 24;
    private Pamt _pamt = null!;
    private PamtEntry[] _array = [];
    private RandomFrames[] _random = [];

    [Params(PageSize.Size4K, PageSize.Size2M)]
    public PageSize Pages { get; set; }

    /// <summary>How large the array is.</summary>
    internal double ArrayMiB => _array.Length * Unsafe.SizeOf<PamtEntry>() / (double)(1 << 20);

    /// <summary>Bytes allocated for the PAMT's entries and the Secure EPT's, a page.</summary>
    internal double BytesAPage { get; private set; }

    [GlobalSetup]
    public void SetUp()
    {
        var level = SeptLevels.Of(Pages);
        var bench = new TdxBench(Frames).AddTables((ulong)Frames << 12, level);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var at = 0UL; at < (ulong)Frames << 12; at += Pages.Bytes())
        {
            TdxBench.Do(bench.Augment(at, level));
        }

        _pamt = bench.Module.Pamt;
        _array = new PamtEntry[Frames / Pages.FrameCount()];
        BytesAPage = (GC.GetAllocatedBytesForCurrentThread() - before - (_array.Length * Unsafe.SizeOf<PamtEntry>())) / (double)_array.Length;
        for (var page = 0; page < _array.Length; page++)
        {
            _array[page] = _pamt.LookUp(new((ulong)page * Pages.FrameCount()), out _);
        }

        var places = (uint)_array.Length;
        _random = [new(places), new(Frames), new(places), new(Frames)];
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Reads)]
    public ulong ArrayRead() => _random[0].Independent(new PamtArrayReader(_array), Reads);

    [Benchmark(OperationsPerInvoke = Reads)]
    public ulong LookUp() => _random[1].Independent(new PamtReader(_pamt), Reads);

    [Benchmark(OperationsPerInvoke = Reads)]
    public ulong ArrayReadDependent() => _random[2].Dependent(new PamtArrayReader(_array), Reads);

    [Benchmark(OperationsPerInvoke = Reads)]
    public ulong LookUpDependent() => _random[3].Dependent(new PamtReader(_pamt), Reads);
}
