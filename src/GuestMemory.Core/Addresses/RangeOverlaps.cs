using System.Runtime.CompilerServices;

namespace GuestMemory;

/// <summary>
/// The runs of a <see cref="RangeMap{TValue}"/> that meet a window, in key order and clipped to it; each
/// value is advanced to the clipped start.
/// </summary>
/// <typeparam name="TValue">What the runs hold.</typeparam>
/// <remarks>
/// Use it in a <c>foreach</c>: it allocates nothing and reads the map in place, so changing the map before
/// the loop has ended gives unspecified results. The default value is empty.
/// </remarks>
public ref struct RangeOverlaps<TValue>
    where TValue : struct, IRangeValue<TValue>, IEquatable<TValue>
{
    private readonly ReadOnlySpan<RangeEntry<TValue>> _runs;
    private readonly ulong _start;
    private readonly ulong _end;
    private int _next;
    private RangeEntry<TValue> _current;

    internal RangeOverlaps(ReadOnlySpan<RangeEntry<TValue>> runs, ulong start, ulong end)
    {
        _runs = runs;
        _start = start;
        _end = end;
    }

    /// <summary>The clipped run that the last <see cref="MoveNext"/> reached.</summary>
    public readonly RangeEntry<TValue> Current => _current;

    /// <summary>Returns the sequence itself, so that <c>foreach</c> accepts it.</summary>
    public readonly RangeOverlaps<TValue> GetEnumerator() => this;

    /// <summary>Goes to the next run that meets the window.</summary>
    /// <returns>False when there is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MoveNext()
    {
        if (unchecked((uint)_next >= (uint)_runs.Length))
        {
            return false;
        }

        ref readonly var run = ref _runs[_next];
        if (run.Start >= _end)
        {
            return false;
        }

        _next++;
        _current = run.Start >= _start && run.End <= _end ? run : Clip(in run);
        return true;
    }

    private readonly RangeEntry<TValue> Clip(in RangeEntry<TValue> run)
    {
        var end = Math.Min(run.End, _end);
        return run.Start >= _start
            ? new RangeEntry<TValue>(run.Start, end, run.Value)
            : new RangeEntry<TValue>(_start, end, run.Value.Advance(_start - run.Start));
    }
}
