using BenchmarkDotNet.Attributes;

namespace GuestMemory.Benchmarks;

/// <summary>1 TiB handed to an SNP guest as 2M pages, each round on a fresh machine.</summary>
[MemoryDiagnoser]
public class SnpMapRunBenchmarks
{
    internal const int Shared = 1000;
    private const ulong Leaves = 1UL << 19;
    private SnpLargePages _fresh = null!;
    private SnpHostRun _host = null!;

    [IterationSetup(Target = nameof(TableLeafByLeaf))]
    public void MakeFresh() => _fresh = new(Leaves);

    [IterationSetup(Target = nameof(ShareOneOfEach))]
    public void MakeAssigned()
    {
        MakeFresh();
        _fresh.Assign();
    }

    [IterationSetup(Target = nameof(WholePathLeafByLeaf))]
    public void MakeHost() => _host = new(Leaves);

    [IterationSetup(Target = nameof(FreeOneOfEach))]
    public void MakeMapped()
    {
        MakeHost();
        _host.MapLeafByLeaf();
    }

    /// <summary>The host's whole path: look up, RMPUPDATE with the direct map around it, nested leaf.</summary>
    [Benchmark]
    public bool WholePathLeafByLeaf() => _host.MapLeafByLeaf();

    /// <summary>Then one 4K page freed in each of 1,000 random 2M pages: unmapped, smashed, shared.</summary>
    [Benchmark]
    public bool FreeOneOfEach() => _host.FreeOneOfEach(Shared);

    /// <summary>The table alone: 524,288 RMPUPDATEs.</summary>
    [Benchmark]
    public bool TableLeafByLeaf() => _fresh.Assign();

    /// <summary>Then one 4K page shared in each of 1,000 random 2M pages.</summary>
    [Benchmark]
    public bool ShareOneOfEach() => _fresh.ShareOneOfEach(Shared);
}
