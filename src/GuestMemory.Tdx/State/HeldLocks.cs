namespace GuestMemory.Tdx;

/// <summary>The locks other logical processors hold while a function runs. One processor runs at a time here, so contention is what is put in this list.</summary>
/// <remarks>Sorted by kind, size and frame. Source: tdx-module, locks.</remarks>
public sealed class HeldLocks : IStateful
{
    private const int Exclusive = -1;
    private readonly SortedList<HeldLock, int> _held = new(Comparer<HeldLock>.Create(Compare));

    /// <summary>Whether any is held, or may be struck as held.</summary>
    public bool Any => _held.Count > 0 || Injector is not null;

    /// <summary>Decides when another processor holds a lock for one look at it; nobody: never.</summary>
    internal IFaultInjector? Injector { get; set; }

    /// <summary>Another processor takes a lock.</summary>
    /// <param name="held">The lock.</param>
    /// <param name="exclusive">Whether for itself alone; otherwise shared, once more each time.</param>
    /// <exception cref="InvalidOperationException">It is held in a way that excludes this.</exception>
    public void Take(HeldLock held, bool exclusive)
    {
        if (IsHeld(held, exclusive))
        {
            throw new InvalidOperationException($"{held} is held already.");
        }

        _held[held] = exclusive ? Exclusive : _held.GetValueOrDefault(held) + 1;
    }

    /// <summary>It lets go, once.</summary>
    /// <param name="held">The lock.</param>
    /// <exception cref="InvalidOperationException">Nobody holds it.</exception>
    public void Release(HeldLock held)
    {
        if (!_held.TryGetValue(held, out var count))
        {
            throw new InvalidOperationException($"Nobody holds {held}.");
        }

        if (count <= 1)
        {
            _held.Remove(held);
        }
        else
        {
            _held[held] = count - 1;
        }
    }

    /// <summary>Whether a lock cannot be taken now.</summary>
    /// <param name="held">The lock.</param>
    /// <param name="exclusive">Whether for oneself alone.</param>
    public bool IsBusy(HeldLock held, bool exclusive) =>
        (Injector is not null && Injector.Strikes(InjectionPoint.HardwareBusy)) || IsHeld(held, exclusive);

    private bool IsHeld(HeldLock held, bool exclusive) =>
        _held.Count > 0 && _held.TryGetValue(held, out var count) && (exclusive || count == Exclusive);

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_held.Count);
        foreach (var (held, count) in _held)
        {
            writer.Byte((byte)held.Kind);
            writer.Byte((byte)held.Size);
            writer.UInt64(held.Frame.Value);
            writer.Int32(count);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _held.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var kind = (LockKind)reader.Byte();
            var size = (PageSize)reader.Byte();
            var held = new HeldLock(kind, new(reader.UInt64()), size);
            _held[held] = reader.Int32();
        }
    }

    private static int Compare(HeldLock left, HeldLock right) =>
        (left.Kind, left.Size, left.Frame.Value).CompareTo((right.Kind, right.Size, right.Frame.Value));
}
