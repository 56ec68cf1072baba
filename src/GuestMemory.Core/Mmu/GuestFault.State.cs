namespace GuestMemory;

/// <content>A fault on its way as canonical bytes: what a scheduler keeps between two of its steps.</content>
public partial struct GuestFault
{
    // Numbers are never given out again: no sample of this value becomes current.
    private static readonly MmuSample s_stale = new(ulong.MaxValue);

    /// <summary>Prepares for <see cref="InvalidationSequence.Renumber"/>: of its sample stays only whether an invalidation ended since.</summary>
    public void Renumber()
    {
        if (_hasSample)
        {
            _sample = _sample == _vm.Sequence.Sample() ? default : s_stale;
        }
    }

    /// <summary>Whether a slot was found that is at a place.</summary>
    /// <param name="handle">The place.</param>
    /// <remarks>A slot that is deleted waits for the faults that found it.</remarks>
    public readonly bool Holds(SlotHandle handle) => Next != FaultStage.Over && _slot is not null && PlaceOf(_slot) == handle.Number;

    /// <summary>Writes the fault. Its VM is not written.</summary>
    /// <param name="writer">Where to.</param>
    public readonly void WriteState(ref StateWriter writer)
    {
        writer.UInt64(Gfn.Value);
        writer.Flag(IsWrite);
        writer.Byte((byte)Kind);
        writer.Flag(_comparesKind);
        writer.Byte((byte)Next);
        writer.Int32(_slot is null ? -1 : PlaceOf(_slot));
        writer.Flag(_hasSample);
        writer.UInt64(_sample.Sequence);
        WritePage(ref writer);
    }

    /// <summary>Reads a fault. Why its last step refused is not kept.</summary>
    /// <param name="vm">Its VM, read before.</param>
    /// <param name="reader">Where from.</param>
    /// <exception cref="FormatException">The bytes are not a fault of this VM.</exception>
    public static GuestFault ReadState(VirtualMachine vm, ref StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(vm);
        var fault = new GuestFault(vm, new(reader.UInt64()), reader.Flag(), (PageKind)reader.Byte(), reader.Flag()) { Next = (FaultStage)reader.Byte() };
        var place = reader.Int32();
        if (place >= vm.Slots.Places.Count)
        {
            throw new FormatException($"The state has a fault in slot {place}, and there are {vm.Slots.Places.Count}.");
        }

        fault._slot = place < 0 ? null : vm.Slots.Places[place].Slot;
        fault._hasSample = reader.Flag();
        fault._sample = new(reader.UInt64());
        fault.ReadPage(ref reader);
        return fault;
    }

    private readonly int PlaceOf(IMemslot slot)
    {
        var places = _vm.Slots.PlaceSpan;
        for (var number = 0; number < places.Length; number++)
        {
            if (ReferenceEquals(places[number].Slot, slot))
            {
                return number;
            }
        }

        return -1;
    }

    private readonly void WritePage(ref StateWriter writer)
    {
        writer.UInt64(_page.Frame.Value);
        writer.Int32(_page.Order);
        writer.Flag(_page.Cleared);
        writer.Flag(_page.Writable);
        writer.Byte((byte)_size);
        var source = _location.Source;
        writer.Byte(source switch { BackingFile => 1, HostAddressSpace => 2, _ => 0 });
        writer.Int32(source switch { BackingFile file => file.Id, HostAddressSpace process => process.Id.Number, _ => 0 });
        writer.UInt64(_location.Index.Value);
        writer.Int32(_location.Slot.Number);
    }

    private void ReadPage(ref StateReader reader)
    {
        _page = new(new(reader.UInt64()), reader.Int32(), reader.Flag(), reader.Flag());
        _size = (PageSize)reader.Byte();
        var make = reader.Byte();
        var number = reader.Int32();
        IPageSource? source = make switch
        {
            0 => null,
            1 => _vm.Machine.File(number),
            2 => _vm.Machine.Process(number),
            _ => throw new FormatException($"The state has a fault with a source of make {make}."),
        };
        _location = new(source!, new(reader.UInt64()), new(reader.Int32()));
    }
}
