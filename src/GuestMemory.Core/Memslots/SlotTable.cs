using System.Runtime.InteropServices;

namespace GuestMemory;

/// <summary>A VM's slots: found by guest frame or by place. A freed place may be taken again, which is what makes use after free visible.</summary>
/// <remarks>Guest frames of one address space belong to at most one slot. Not thread-safe.</remarks>
public sealed class SlotTable : IStateful
{
    private readonly Machine _machine;
    private readonly List<SlotPlace> _places = [];
    private readonly List<int> _byGfn = [];

    internal SlotTable(Machine machine) => _machine = machine;

    /// <summary>The places, taken and freed.</summary>
    public IReadOnlyList<SlotPlace> Places => _places;

    internal ReadOnlySpan<SlotPlace> PlaceSpan => CollectionsMarshal.AsSpan(_places);

    /// <summary>The slot at a place.</summary>
    /// <param name="handle">The place.</param>
    /// <exception cref="ModelInvariantException">The slot there is freed.</exception>
    public IMemslot this[SlotHandle handle] => _places[handle.Number] is { IsLive: true } place
        ? place.Slot
        : throw new ModelInvariantException("lifetime", $"{handle} is used after it was freed");

    /// <summary>Finds the slot of a guest frame.</summary>
    /// <param name="gfn">The frame.</param>
    /// <param name="addressSpace">The guest address space.</param>
    public IMemslot? Find(Gfn gfn, int addressSpace = 0)
    {
        // Slots of one address space do not overlap: the last one that starts no later is the only candidate.
        for (var at = CountStartingBefore(gfn.Value + 1) - 1; at >= 0; at--)
        {
            var place = _places[_byGfn[at]];
            if (place.AddressSpace == addressSpace)
            {
                return place.Slot.Gfns.Contains(gfn) ? place.Slot : null;
            }
        }

        return null;
    }

    /// <summary>Finds the slot a VMM named.</summary>
    /// <param name="id">The id.</param>
    /// <param name="addressSpace">The guest address space.</param>
    public Memslot? FindById(int id, int addressSpace)
    {
        foreach (var number in _byGfn)
        {
            if (_places[number].Slot is Memslot slot && slot.Layout.Id == id && slot.Layout.AddressSpace == addressSpace)
            {
                return slot;
            }
        }

        return null;
    }

    /// <summary>Whether a slot other than one named overlaps a range.</summary>
    /// <param name="gfns">The range.</param>
    /// <param name="addressSpace">The guest address space.</param>
    /// <param name="except">The slot not counted.</param>
    public bool AnyOverlap(GfnRange gfns, int addressSpace, IMemslot? except = null)
    {
        for (var at = CountStartingBefore(gfns.End.Value) - 1; at >= 0; at--)
        {
            var place = _places[_byGfn[at]];
            if (place.AddressSpace == addressSpace && !ReferenceEquals(place.Slot, except))
            {
                return place.Slot.Gfns.Overlaps(gfns);
            }
        }

        return false;
    }

    /// <summary>The place the next slot will take: the lowest free one.</summary>
    public SlotHandle NextHandle()
    {
        var number = _places.FindIndex(place => !place.IsLive);
        return new(number >= 0 ? number : _places.Count);
    }

    /// <summary>Adds a slot of two sides.</summary>
    /// <param name="layout">What it consists of.</param>
    /// <returns>The slot; the caller has ruled out overlap.</returns>
    internal Memslot Add(in MemslotLayout layout)
    {
        var handle = NextHandle();
        if (handle.Number < _places.Count && _places[handle.Number].Slot is Memslot old)
        {
            old.Open(layout);
            _places[handle.Number] = new(old, layout.AddressSpace, IsLive: true);
            Index(handle);
            return old;
        }

        var slot = new Memslot(_machine, handle);
        slot.Open(layout);
        Put(handle, slot, layout.AddressSpace);
        return slot;
    }

    /// <summary>Adds a slot of another make at the place it was created for.</summary>
    internal void Put(SlotHandle handle, IMemslot slot, int addressSpace)
    {
        var place = new SlotPlace(slot, addressSpace, IsLive: true);
        if (handle.Number == _places.Count)
        {
            _places.Add(place);
        }
        else
        {
            _places[handle.Number] = place;
        }

        Index(handle);
    }

    internal void Remove(SlotHandle handle)
    {
        _places[handle.Number] = _places[handle.Number] with { IsLive = false };
        _byGfn.Remove(handle.Number);
    }

    internal void Move(Memslot slot, GfnRange gfns)
    {
        _byGfn.Remove(slot.Handle.Number);
        slot.MoveTo(gfns);
        Index(slot.Handle);
    }

    internal void Clear()
    {
        _places.Clear();
        _byGfn.Clear();
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        var count = _places.Count;
        while (count > 0 && !_places[count - 1].IsLive)
        {
            count--;
        }

        writer.Int32(count);
        for (var number = 0; number < count; number++)
        {
            var place = _places[number];
            writer.Flag(place.IsLive);
            if (place.IsLive)
            {
                writer.Int32(place.AddressSpace);
                writer.Byte(MakeOf(place.Slot));
                place.Slot.WriteState(ref writer);
            }
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _byGfn.Clear();
        var count = reader.Count();
        for (var number = 0; number < _places.Count; number++)
        {
            _places[number] = _places[number] with { IsLive = false };
        }

        for (var number = 0; number < count; number++)
        {
            if (number == _places.Count)
            {
                _places.Add(new(new Memslot(_machine, new(number)), 0, IsLive: false));
            }

            if (reader.Flag())
            {
                var addressSpace = reader.Int32();
                var slot = SlotOfMake(reader.Byte(), new(number));
                slot.ReadState(ref reader);
                _places[number] = new(slot, addressSpace, IsLive: true);
                Index(new(number));
            }
        }
    }

    private static byte MakeOf(IMemslot slot) => slot switch
    {
        Memslot => 0,
        OverlayMemslot => 1,
        _ => 2,
    };

    // A slot of a make that is not ours can be restored only where one stands already.
    private IMemslot SlotOfMake(byte make, SlotHandle handle)
    {
        var standing = _places[handle.Number].Slot;
        return make switch
        {
            _ when MakeOf(standing) == make => standing,
            0 => new Memslot(_machine, handle),
            1 => new OverlayMemslot(_machine, handle, default, -1, default),
            _ => throw new FormatException($"The state has a slot of make {make} at {handle}, where none stands."),
        };
    }

    private void Index(SlotHandle handle)
    {
        var start = _places[handle.Number].Slot.Gfns.Start.Value;
        _byGfn.Insert(CountStartingBefore(start + 1), handle.Number);
    }

    private int CountStartingBefore(ulong gfn)
    {
        var low = 0;
        var high = _byGfn.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _places[_byGfn[middle]].Slot.Gfns.Start.Value < gfn ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
