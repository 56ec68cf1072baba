using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;

namespace GuestMemory.Benchmarks;

/// <summary>Looking a key up in a map of runs, against one random 16-byte read of an array over the same footprint.</summary>
public class RangeLookUp
{
    private const int LookUps = 4096;
    private readonly RangeMap<SoftwareOwner> _map = new();
    private NestedPageTable _table = null!;
    private (ulong Low, ulong High)[] _array = [];
    private ulong[] _keys = [];
    private int[] _places = [];

    /// <summary>Runs in the map, each of two keys that its neighbours do not continue.</summary>
    [Params(4, 64, 4096, 262144)]
    public int Runs { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var sequence = new InvalidationSequence();
        _table = new(new(MapperKind.NestedTable, 1), sequence, new(), new(false), Enforcement.Observe);
        _map.Clear();
        for (var run = 0UL; run < (ulong)Runs; run++)
        {
            _map.Set(run * 4, (run * 4) + 2, new(new(1), new(run * 8), PageKind.Private));
            _table.Map(new(new(run * 4), new(run * 8), PageSize.Size4K, PageKind.Private, true, sequence.Sample(), 2));
        }

        _array = new (ulong, ulong)[Runs * Unsafe.SizeOf<RangeEntry<SoftwareOwner>>() / 16];
        var random = new Xorshift(1);
        (_keys, _places) = (new ulong[LookUps], new int[LookUps]);
        for (var index = 0; index < LookUps; index++)
        {
            _keys[index] = random.Next((uint)Runs) * 4UL;
            _places[index] = (int)random.Next((uint)_array.Length);
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = LookUps)]
    public ulong ArrayRead()
    {
        var sum = 0UL;
        foreach (var place in _places)
        {
            ref readonly var entry = ref _array[place];
            sum = unchecked(sum + entry.Low + entry.High);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = LookUps)]
    public ulong MapLookUp()
    {
        var sum = 0UL;
        foreach (var key in _keys)
        {
            _map.TryGet(key, out var owner);
            sum = unchecked(sum + owner.Gfn.Value);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = LookUps)]
    public ulong TableTranslate()
    {
        var sum = 0UL;
        foreach (var key in _keys)
        {
            _table.TryTranslate(new(key), out var translation);
            sum = unchecked(sum + translation.Frame.Value);
        }

        return sum;
    }

    /// <summary>Each read waits for the answer before it.</summary>
    [Benchmark(OperationsPerInvoke = LookUps)]
    public ulong ArrayReadDependent()
    {
        var zero = 0;
        foreach (var place in _places)
        {
            zero = (int)(_array[place + zero].High >> 63);
        }

        return (ulong)zero;
    }

    /// <summary>Each look-up waits for the answer before it.</summary>
    [Benchmark(OperationsPerInvoke = LookUps)]
    public ulong MapLookUpDependent()
    {
        var zero = 0UL;
        foreach (var key in _keys)
        {
            _map.TryGet(key + zero, out var owner);
            zero = owner.Gfn.Value >> 63;
        }

        return zero;
    }
}
