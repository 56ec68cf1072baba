namespace GuestMemory;

/// <summary>The machine's long-term pins, with owner and count. A device's and the kernel's are mappings outside every notifier, counted as shared entries.</summary>
/// <remarks>Sorted by first frame, length and owner. Not thread-safe.</remarks>
public sealed class FramePins : IFrameMapper, IStateful
{
    private readonly List<FramePin> _pins = [];
    private readonly ReverseIndex _index;
    private readonly Enforcement _enforcement;

    internal FramePins(ReverseIndex index, Enforcement enforcement)
    {
        _index = index;
        _enforcement = enforcement;
        index.Register(this);
    }

    /// <inheritdoc/>
    public MapperId Id => new(MapperKind.Pin, 0);

    /// <summary>The pins, sorted.</summary>
    public IReadOnlyList<FramePin> All => _pins;

    /// <summary>Whether a frame of the run is pinned.</summary>
    /// <param name="frames">The run.</param>
    public bool AnyPinned(PfnRange frames)
    {
        foreach (var pin in _pins)
        {
            if (pin.Frames.Overlaps(frames))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void FindMappings(PfnRange frames, ICollection<FrameMapping> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        foreach (var pin in _pins)
        {
            if (Touches(pin.Owner) && pin.Frames.Overlaps(frames))
            {
                found.Add(new(Id, pin.Frames.Intersect(frames), 0, PageKind.Shared, AwaitsFlush: false));
            }
        }
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_pins.Count);
        foreach (var pin in _pins)
        {
            writer.UInt64(pin.Frames.Start.Value);
            writer.UInt64(pin.Frames.End.Value);
            writer.Byte((byte)pin.Owner);
            writer.Int32(pin.Count);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _pins.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var start = reader.UInt64();
            var frames = PfnRange.FromBounds(new(start), new(reader.UInt64()));
            _pins.Add(new(frames, (PinOwner)reader.Byte(), reader.Int32()));
        }
    }

    internal Outcome Add(PfnRange frames, PinOwner owner)
    {
        if (_enforcement == Enforcement.Enforce && Touches(owner) && _index.AnyMapped(frames, KindFilter.Private))
        {
            return _index.StillMapped(frames, KindFilter.Private);
        }

        var at = Find(frames, owner);
        if (at >= 0)
        {
            _pins[at] = _pins[at] with { Count = _pins[at].Count + 1 };
            return Outcome.Success;
        }

        _pins.Insert(~at, new(frames, owner, 1));
        if (Touches(owner))
        {
            _index.Add(frames, PageKind.Shared);
        }

        return Outcome.Success;
    }

    internal bool Remove(PfnRange frames, PinOwner owner)
    {
        var at = Find(frames, owner);
        if (at < 0)
        {
            return false;
        }

        if (_pins[at].Count > 1)
        {
            _pins[at] = _pins[at] with { Count = _pins[at].Count - 1 };
            return true;
        }

        _pins.RemoveAt(at);
        if (Touches(owner))
        {
            _index.Remove(frames, PageKind.Shared);
        }

        return true;
    }

    // A hypervisor's pin keeps the frame where it is and touches nothing; a device's or the kernel's reads and writes it.
    private static bool Touches(PinOwner owner) => owner != PinOwner.Hypervisor;

    private static int Compare(in FramePin pin, PfnRange frames, PinOwner owner)
    {
        var byStart = pin.Frames.Start.CompareTo(frames.Start);
        var byEnd = byStart != 0 ? byStart : pin.Frames.End.CompareTo(frames.End);
        return byEnd != 0 ? byEnd : ((byte)pin.Owner).CompareTo((byte)owner);
    }

    private int Find(PfnRange frames, PinOwner owner)
    {
        var low = 0;
        var high = _pins.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = Compare(_pins[middle], frames, owner);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle);
        }

        return ~low;
    }
}
