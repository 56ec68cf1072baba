using System.Runtime.CompilerServices;
using Xunit;

namespace GuestMemory.Tests;

/// <summary>Values with references: a run that is gone keeps nothing alive, though the map keeps its memory.</summary>
public sealed class RangeMapOfReferencesTests
{
    private readonly RangeMap<Named> _map = new();

    [Fact]
    public void Removed_runs_keep_nothing_alive()
    {
        var things = Fill();

        _map.Remove(0, 3);

        Assert.Equal([false, false, true], AliveAfterCollection(things));
        Assert.Equal(1, _map.Count);
    }

    [Fact]
    public void A_cleared_map_keeps_nothing_alive()
    {
        var things = Fill();

        _map.Clear();

        Assert.Equal([false, false, false], AliveAfterCollection(things));
        Assert.Equal(0, _map.Count);
    }

    private static IEnumerable<bool> AliveAfterCollection(WeakReference[] things)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return [.. things.Select(thing => thing.IsAlive)];
    }

    // Apart, so that no local of the test keeps the objects.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference[] Fill() => [Put(0), Put(2), Put(4)];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference Put(ulong at)
    {
        var thing = new object();
        _map.Set(at, at + 1, new(thing));
        return new(thing);
    }

    private readonly record struct Named(object Thing) : IRangeValue<Named>
    {
        public Named Advance(ulong count) => this;
    }
}
