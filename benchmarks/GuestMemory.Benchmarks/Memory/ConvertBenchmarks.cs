using BenchmarkDotNet.Attributes;

namespace GuestMemory.Benchmarks;

/// <summary>Converting, allocating and punching a range by the calls of the kernel's face. Each operation undoes itself, so that every one starts from the same state.</summary>
[MemoryDiagnoser]
public class ConvertBenchmarks
{
    private KvmWorld _world = null!;

    [Params(4096UL, 2UL << 20, 1UL << 30, 1UL << 40)]
    public ulong Bytes { get; set; }

    [GlobalSetup]
    public void SetUp() => _world = new(1UL << 40, new() { Frames = 1UL << 30, FramesPerNode = 1UL << 30 });

    /// <summary>To private and back: two conversions.</summary>
    [Benchmark(OperationsPerInvoke = 2)]
    public bool Convert() => _world.Convert(0, Bytes, KvmWorld.Private) & _world.Convert(0, Bytes, 0);

    /// <summary>Allocate what is not there, then free it: one of each.</summary>
    [Benchmark]
    public bool AllocateAndPunch() => _world.Allocate(0, Bytes) & _world.Punch(0, Bytes);
}
