namespace GuestMemory.Tdx;

/// <content>Guests, pages, guest addresses and vCPUs are alike: the state with them in another order.</content>
internal sealed partial class RunSystem
{
    private const int GuestGroup = 0;
    private const int PageGroup = 1;
    private const int AddressGroup = 2;

    /// <inheritdoc/>
    public IReadOnlyList<int> Groups { get; }

    /// <inheritdoc/>
    public ulong Signature(int group, int thing) => group switch
    {
        GuestGroup => OfGuest(thing),
        PageGroup => OfPage(thing),
        AddressGroup => OfAddress(thing),
        _ => Mix(OfVcpu(_vcpus[thing]), OfGuest(_owners[thing])),
    };

    /// <inheritdoc/>
    /// <remarks>A vCPU's guest is written with it: exchanging guests means exchanging their vCPUs too.</remarks>
    public void WriteOrdered(in ThingOrder order, ref StateWriter writer)
    {
        for (var place = 0; place < _tds.Length; place++)
        {
            WriteTd(order.ThingAt(GuestGroup, place), order, ref writer);
        }

        for (var place = 0; place < _pages; place++)
        {
            WritePage(order.ThingAt(PageGroup, place), order, ref writer);
        }

        for (var place = 0; place < _vcpus.Length; place++)
        {
            WriteVcpu(order.ThingAt(AddressGroup + 1, place), order, ref writer);
        }
    }

    private void WriteTd(int guest, in ThingOrder order, ref StateWriter writer)
    {
        var td = _tds[guest];
        writer.Byte((byte)td.Epoch);
        writer.Byte((byte)td.EvenReferences);
        writer.Byte((byte)td.OddReferences);
        writer.Byte((byte)((td.ChildCount - _fixedPages[guest] << 1) | (td.IsFatal ? 1UL : 0)));
        for (var place = 0; place < _pages; place++)
        {
            var gfn = order.ThingAt(AddressGroup, place);
            var entry = (uint)Fold(EntryOf(guest, gfn));
            var page = entry >> PageShift;
            var bits = entry & ((1U << PageShift) - 1);
            writer.Int32((int)(bits | (page == 0 ? 0 : (uint)order.PlaceOf(PageGroup, (int)page - 1) + 1) << PageShift));
            writer.Byte(_known[(guest * _pages) + gfn]);
        }
    }

    private void WritePage(int page, in ThingOrder order, ref StateWriter writer)
    {
        var entry = PageOf(page);
        var lines = _frames[page].Address;
        var owner = entry.Type == PageType.Nda ? 0 : OwnerOf(entry);
        writer.Byte((byte)entry.Type);
        writer.Byte(owner == 0 ? (byte)0 : (byte)(order.PlaceOf(GuestGroup, owner - 1) + 1));
        writer.Byte((byte)entry.Bepoch);
        writer.Byte(Ordered(Fold(_module.Memory.LineAt(lines)), order));
        writer.Byte(Ordered(Fold(_module.Memory.LineAt(lines + 64)), order));
        var content = ContentOf(page);
        if (content is < FirstGuestContent or SpoiltContent)
        {
            WriteContent(page, ref writer);
            return;
        }

        var token = content - FirstGuestContent;
        var (guest, gfn) = (order.PlaceOf(GuestGroup, token / _pages), order.PlaceOf(AddressGroup, token % _pages));
        writer.Byte((byte)(FirstGuestContent + (guest * _pages) + gfn));
    }

    private static byte Ordered(byte tag, in ThingOrder order)
    {
        var key = tag & (OwnedBit - 1);
        return key == 0 ? tag : (byte)((tag & ~(OwnedBit - 1)) | (order.PlaceOf(GuestGroup, key - 1) + 1));
    }

    private void WriteVcpu(int number, in ThingOrder order, ref StateWriter writer)
    {
        var vcpu = _vcpus[number];
        writer.Byte((byte)order.PlaceOf(GuestGroup, _owners[number]));
        writer.Byte((byte)((byte)vcpu.Epoch | (vcpu.IsInside ? InsideBit : 0)));
        Span<byte> remembered = stackalloc byte[ThingOrder.Most];
        remembered.Clear();
        foreach (ref readonly var page in vcpu.Translations.Pages)
        {
            if (page.Rights != 0)
            {
                var place = order.PlaceOf(PageGroup, (int)(page.Frame.Value - _frames[0].Value));
                remembered[order.PlaceOf(AddressGroup, (int)page.Gfn.Value)] = (byte)((((ulong)place + 1) << 3) | page.Rights);
            }
        }

        for (var place = 0; place < _pages; place++)
        {
            writer.Byte(remembered[place]);
        }
    }

    // Sums, so that no order of the things summed matters.
    private ulong OfGuest(int guest)
    {
        var td = _tds[guest];
        var sum = td.Epoch | (ulong)td.EvenReferences << 8 | (ulong)td.OddReferences << 16 | (td.IsFatal ? 1UL << 24 : 0);
        for (var gfn = 0; gfn < _pages; gfn++)
        {
            sum = unchecked(sum + OfEntry(guest, gfn));
        }

        return sum;
    }

    private ulong OfAddress(int gfn)
    {
        var sum = 0UL;
        for (var guest = 0; guest < _tds.Length; guest++)
        {
            sum = unchecked(sum + OfEntry(guest, gfn));
        }

        foreach (var vcpu in _vcpus)
        {
            sum = unchecked(sum + (vcpu.Translations.TryFind(new((ulong)gfn), out var page) ? page.Rights << 32 : 0));
        }

        return sum;
    }

    private ulong OfPage(int page)
    {
        var entry = PageOf(page);
        var lines = _frames[page].Address;
        var content = ContentOf(page);
        var sum = Mix((ulong)entry.Type, entry.Bepoch);
        sum = Mix(sum, Kind(Fold(_module.Memory.LineAt(lines))) | ((ulong)Kind(Fold(_module.Memory.LineAt(lines + 64))) << 8));
        return Mix(sum, content is SpoiltContent ? SpoiltContent : Math.Min(content, FirstGuestContent));
    }

    private static ulong OfVcpu(TdVcpu vcpu)
    {
        var sum = 0UL;
        foreach (ref readonly var page in vcpu.Translations.Pages)
        {
            sum += page.Rights;
        }

        return Mix(vcpu.Epoch | (vcpu.IsInside ? InsideBit : 0UL), sum);
    }

    private ulong OfEntry(int guest, int gfn)
    {
        var entry = (uint)Fold(EntryOf(guest, gfn));
        return Mix(entry & ((1U << PageShift) - 1), _known[(guest * _pages) + gfn]);
    }

    // Whether there is a key, not whose.
    private static byte Kind(byte tag) => (byte)((tag & ~(OwnedBit - 1)) | ((tag & (OwnedBit - 1)) != 0 ? 1 : 0));

    private static ulong Mix(ulong left, ulong right)
    {
        var mixed = unchecked((left * 0x9e37_79b9_7f4a_7c15) + (right * 0xc2b2_ae3d_27d4_eb4f) + 0x1656_67b1_9e37_79f9);
        return mixed ^ (mixed >> 29);
    }
}
