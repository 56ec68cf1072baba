using BenchmarkDotNet.Attributes;
using GuestMemory.Tdx;

namespace GuestMemory.Benchmarks;

/// <summary>Much memory handed to a TD as 2M pages, each round on a fresh machine.</summary>
[MemoryDiagnoser]
public class TdxMapRunBenchmarks
{
    private const ulong Leaf = 1UL << 21;
    private const ulong Tebibyte = 1UL << 40;
    private const ulong Build = 64UL << 30;
    private static readonly Tdmr[] s_tdmrs = [new(default, Tebibyte)];
    private byte[] _entries = [];
    private Pamt _pamt = null!;
    private TdxBench _bench = null!;
    private TdxHostRun _host = null!;

    /// <summary>1 TiB of free pages.</summary>
    [IterationSetup(Target = nameof(EntryByEntry))]
    public void MakeTable()
    {
        _pamt = FreeTable();
        if (_entries.Length == 0)
        {
            _entries = EntriesOfAll();
        }
    }

    [IterationSetup(Target = nameof(LeafByLeaf))]
    public void MakeFresh() => _bench = new(Tebibyte >> 12);

    [IterationSetup(Target = nameof(WholePathLeafByLeaf))]
    public void MakeHost() => _host = new(Tebibyte / Leaf);

    [IterationSetup(Target = nameof(BuildLarge))]
    public void MakeSmaller() => _bench = new(Build >> 12);

    /// <summary>The PAMT alone: 524,288 entries of 2M read from their bytes and written.</summary>
    [Benchmark]
    public bool EntryByEntry()
    {
        var reader = new StateReader(_entries);
        _pamt.ReadState(ref reader);
        return _pamt.LookUp(new((Tebibyte - 1) >> 12), out var size).Type == PageType.Reg && size == PageSize.Size2M;
    }

    /// <summary>The module: tables, and one AUG of 2M a page.</summary>
    [Benchmark]
    public bool LeafByLeaf() => Augment(Tebibyte);

    /// <summary>The host's whole path: look up, prepare, tables, AUG, mirror.</summary>
    [Benchmark]
    public bool WholePathLeafByLeaf() => _host.MapLeafByLeaf();

    /// <summary>64 GiB as a TD gets them: tables, AUG of 2M, and then ACCEPT of 2M by the guest.</summary>
    [Benchmark]
    public bool BuildLarge()
    {
        var all = Augment(Build);
        for (var at = 0UL; at < Build; at += Leaf)
        {
            all &= _bench.Accept(at, SeptLevel.Pd);
        }

        return all;
    }

    /// <summary>A table over 1 TiB that nobody touched.</summary>
    internal static Pamt FreeTable() => new(s_tdmrs);

    private static byte[] EntriesOfAll()
    {
        var bench = new TdxMapRunBenchmarks();
        bench.MakeFresh();
        TdxBench.Do(bench.LeafByLeaf());
        var writer = new StateWriter([]);
        writer.UInt64(Tebibyte >> 12);
        foreach (var run in bench._bench.Module.Pamt.Runs().Where(run => run.Size == PageSize.Size2M))
        {
            writer.Byte((byte)(run.Size + 1));
            writer.UInt64(run.Frame.Value);
            writer.UInt64(run.Entry.Low);
            writer.UInt64(run.Entry.Bepoch);
        }

        writer.Byte(0);
        return writer.Written.ToArray();
    }

    private bool Augment(ulong end)
    {
        _bench.AddTables(end, SeptLevel.Pd);
        var all = true;
        for (var at = 0UL; at < end; at += Leaf)
        {
            all &= _bench.Augment(at, SeptLevel.Pd);
        }

        return all;
    }
}
