using BenchmarkDotNet.Attributes;
using GuestMemory.Tdx;

namespace GuestMemory.Benchmarks;

/// <summary>The functions for memory, one call each on every page of a few: what the rules cost, not the memory behind them.</summary>
[MemoryDiagnoser]
public class TdxFunctionBenchmarks
{
    internal const int Calls = 1 << 14;
    internal const int LargeCalls = 1 << 8;
    private const uint Places = 1U << 15;
    private const ulong TablesEnd = (ulong)Calls << 21;
    private readonly TdxPageRound _pages = new(SeptLevel.Pt, Calls);
    private readonly TdxPageRound _large = new(SeptLevel.Pd, LargeCalls);
    private readonly TdxBench _tracked = new TdxBench(1UL << 18).Leave();
    private readonly PamtEntry[] _entries = new PamtEntry[Places];
    private readonly RandomFrames _frames = new(Places);
    private TdxBench _tables = null!;
    private bool _isSplit;

    [IterationSetup(Target = nameof(Augment))]
    public void MakeFree() => _pages.Bring(PagePhase.Free);

    [IterationSetup(Target = nameof(Accept))]
    public void MakePending() => _pages.Bring(PagePhase.Pending);

    [IterationSetup(Targets = [nameof(Block), nameof(Read)])]
    public void MakeAccepted() => _pages.Bring(PagePhase.Accepted);

    [IterationSetup(Targets = [nameof(Remove), nameof(Unblock), nameof(Relocate)])]
    public void MakeTracked() => _pages.Bring(PagePhase.Tracked);

    [IterationSetup(Target = nameof(Demote))]
    public void MakeDemotable()
    {
        if (_isSplit)
        {
            _large.Bring(PagePhase.Tracked);
            TdxBench.Do(Promote());
            _large.ClearTables();
        }

        _large.Bring(PagePhase.Tracked);
    }

    [IterationSetup(Target = nameof(Promote))]
    public void MakePromotable()
    {
        if (!_isSplit)
        {
            _large.ClearTables();
            _large.Bring(PagePhase.Tracked);
            TdxBench.Do(Demote());
        }

        _large.Bring(PagePhase.Tracked);
    }

    [IterationSetup(Target = nameof(AddTables))]
    public void MakeUntabled() => _tables = new TdxBench(1UL << 18).AddTables(TablesEnd, SeptLevel.Pd);

    /// <summary>What the machine can do meanwhile.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Calls)]
    public bool ArrayRead() => _frames.Dependent(new PamtArrayReader(_entries), Calls) < (ulong)_entries.Length;

    [Benchmark(OperationsPerInvoke = Calls)]
    public bool Augment() => _pages.Augment();

    [Benchmark(OperationsPerInvoke = Calls)]
    public bool Accept() => _pages.Accept();

    [Benchmark(OperationsPerInvoke = Calls)]
    public bool Block() => _pages.Block();

    [Benchmark(OperationsPerInvoke = Calls)]
    public bool Unblock() => _pages.Unblock();

    [Benchmark(OperationsPerInvoke = Calls)]
    public bool Remove() => _pages.Remove();

    [Benchmark(OperationsPerInvoke = Calls)]
    public bool Relocate() => _pages.Relocate();

    [Benchmark(OperationsPerInvoke = Calls)]
    public bool Read() => _pages.Read();

    [Benchmark(OperationsPerInvoke = LargeCalls)]
    public bool Demote()
    {
        _isSplit = true;
        return _large.Demote();
    }

    [Benchmark(OperationsPerInvoke = LargeCalls)]
    public bool Promote()
    {
        _isSplit = false;
        return _large.Promote();
    }

    /// <summary>TRACK with every vCPU out.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public bool Track()
    {
        var all = true;
        for (var call = 0; call < Calls; call++)
        {
            all &= _tracked.Call(TdxFunction.MemTrack, _tracked.Tdr);
        }

        return all;
    }

    /// <summary>SEPT.ADD of tables for 4K pages, each of which is made then.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public bool AddTables()
    {
        var all = true;
        for (var gpa = 0UL; gpa < TablesEnd; gpa += 1UL << 21)
        {
            all &= _tables.AddTable(gpa, SeptLevel.Pd);
        }

        return all;
    }
}
