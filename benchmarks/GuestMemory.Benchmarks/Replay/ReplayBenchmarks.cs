using BenchmarkDotNet.Attributes;
using GuestMemory.Kvm;
using GuestMemory.Testing;

namespace GuestMemory.Benchmarks;

/// <summary>Replaying the compressed recordings. One operation is the whole set: divide by the events it prints.</summary>
[MemoryDiagnoser]
public class ReplayBenchmarks
{
    private readonly ReplayRunner _model = new(new KvmReplay());
    private readonly ReplayRunner _parser = new(new NullSystem());
    private readonly KvmReplay _system = new();
    private Tape[] _tapes = [];

    [GlobalSetup]
    public void SetUp()
    {
        _tapes = [.. Recordings.Kvm.Compressed.Select(file => new Tape(file))];
        Console.WriteLine($"// {Recordings.Kvm.Operations} events an operation");
    }

    /// <summary>From the files: read, decompress, parse, apply, compare.</summary>
    [Benchmark(Baseline = true)]
    public long FromFiles() => Recordings.Kvm.ReplayAll(_model).Agreed;

    /// <summary>Read, decompress and parse only.</summary>
    [Benchmark]
    public long ParseOnly() => Recordings.Kvm.ReplayAll(_parser).Operations;

    /// <summary>Apply only: parsed before.</summary>
    [Benchmark]
    public void ModelOnly()
    {
        foreach (var tape in _tapes)
        {
            tape.Apply(_system);
        }
    }
}
