using System.Numerics;

namespace GuestMemory.Rmp;

/// <content>What is alike: guests, frames, guest addresses, vCPUs.</content>
internal sealed partial class SnpRunSystem
{
    private const int GuestGroup = 0;
    private const int FrameGroup = 1;
    private const int AddressGroup = 2;
    private const int VcpuGroup = 3;
    private const byte UnknownBytes = 255;

    public IReadOnlyList<int> Groups { get; }

    public ulong Signature(int group, int thing) => group switch
    {
        GuestGroup => SignatureOfGuest(_guests[thing]),
        FrameGroup => SignatureOfFrame(thing),
        AddressGroup => SignatureOfAddress(thing),
        _ => SignatureOfVcpu(thing),
    };

    public void WriteOrdered(in ThingOrder order, ref StateWriter writer)
    {
        for (var place = 0; place < _pages; place++)
        {
            WriteFrame(order.ThingAt(FrameGroup, place), order, ref writer);
        }

        for (var place = 0; place < _guests.Length; place++)
        {
            writer.UInt64(Ordered(_guests[order.ThingAt(GuestGroup, place)], order).Bits);
        }

        for (var place = 0; place < _tlbs.Length; place++)
        {
            var vcpu = order.ThingAt(VcpuGroup, place);
            writer.Byte((byte)order.PlaceOf(GuestGroup, GuestOf(vcpu)));
            writer.UInt64(Ordered(_tlbs[vcpu].Private, order));
            writer.UInt64(Ordered(_tlbs[vcpu].Shared, order));
        }

        writer.Flag(_isLeaked);
    }

    private static ulong SignatureOfGuest(RunGuest guest)
    {
        var mapped = 0;
        var (ones, twos) = (0, 0);
        for (var address = 0; address < StepNumbers.Most; address++)
        {
            mapped += guest.FrameAt(address) >= 0 ? 1 : 0;
            ones += guest.TokenAtAddress(address) == 1 ? 1 : 0;
            twos += guest.TokenAtAddress(address) == 2 ? 1 : 0;
        }

        return (ulong)(mapped | (guest.AcceptedPages << 4) | (ones << 8) | (twos << 12) | (guest.IsStopped ? 1 << 16 : 0));
    }

    private ulong SignatureOfFrame(int frame)
    {
        var (entry, mapped, cached) = (_platform.Table.Raw(FrameOf(frame)), 0, 0);
        foreach (var guest in _guests)
        {
            for (var address = 0; address < _pages; address++)
            {
                mapped += guest.FrameAt(address) == frame ? 1 : 0;
            }
        }

        foreach (var tlb in _tlbs)
        {
            for (var address = 0; address < _pages; address++)
            {
                cached += (tlb.FrameAt(address, isPrivate: true) == frame ? 1 : 0) + (tlb.FrameAt(address, isPrivate: false) == frame ? 16 : 0);
            }
        }

        var (_, token) = BytesOf(FrameOf(frame));
        return (entry.Low & RmpEntry.FlagBits) | ((ulong)mapped << 12) | ((ulong)cached << 20) | (token << 32);
    }

    private ulong SignatureOfAddress(int address)
    {
        var (mapped, held, ones, twos, bound) = (0, 0, 0, 0, 0);
        foreach (var guest in _guests)
        {
            mapped += guest.FrameAt(address) >= 0 ? 1 : 0;
            held += guest.Holds(address) ? 1 : 0;
            ones += guest.TokenAtAddress(address) == 1 ? 1 : 0;
            twos += guest.TokenAtAddress(address) == 2 ? 1 : 0;
        }

        for (var frame = 0; frame < _pages; frame++)
        {
            var entry = _platform.Table.Raw(FrameOf(frame));
            bound += entry.Assigned && entry.Gpa == AddressOf(address) ? entry.Validated ? 16 : 1 : 0;
        }

        var (ofPrivate, ofShared) = (0, 0);
        foreach (var tlb in _tlbs)
        {
            ofPrivate += BitOperations.PopCount(tlb.EntryAt(address, isPrivate: true) & 0x30);
            ofShared += BitOperations.PopCount(tlb.EntryAt(address, isPrivate: false) & 0x30);
        }

        return Packed(mapped, held, ones, twos) | ((ulong)Packed(bound, ofPrivate, ofShared, 0) << 32);
    }

    private ulong SignatureOfVcpu(int vcpu)
    {
        const ulong reads = 0x1010_1010_1010_1010;
        var tlb = _tlbs[vcpu];
        var remembered = Packed(
            BitOperations.PopCount(tlb.Private & reads), BitOperations.PopCount(tlb.Private & (reads << 1)),
            BitOperations.PopCount(tlb.Shared & reads), BitOperations.PopCount(tlb.Shared & (reads << 1)));
        return remembered | (SignatureOfGuest(_guests[GuestOf(vcpu)]) << 32);
    }

    // Four counts below 256.
    private static uint Packed(int first, int second, int third, int fourth) => (uint)first | ((uint)second << 8) | ((uint)third << 16) | ((uint)fourth << 24);

    private void WriteFrame(int frame, in ThingOrder order, ref StateWriter writer)
    {
        var entry = _platform.Table.Raw(FrameOf(frame));
        var isGuests = entry.Asid.IsGuest;
        writer.Int32((int)(entry.Low & RmpEntry.FlagBits));
        writer.Int32((int)entry.Permissions);
        writer.Byte((byte)(isGuests ? 1 + order.PlaceOf(GuestGroup, (int)entry.Asid.Value - 1) : 0));
        writer.Byte((byte)(isGuests ? order.PlaceOf(AddressGroup, (int)(entry.Gpa.Frame.Value - s_firstAddress.Value)) : 0));
        var (writtenBy, token) = BytesOf(FrameOf(frame));
        writer.Byte((byte)(writtenBy < 0 ? 0 : 1 + order.PlaceOf(GuestGroup, writtenBy)));
        writer.Byte((byte)token);
        if (token == UnknownBytes)
        {
            writer.UInt64(_platform.Contents.Read(FrameOf(frame).Address, 8));
            writer.UInt64(_platform.Contents.Read(FrameOf(frame).Address + 8, 8));
        }
    }

    // Whose key the bytes are under, -1 for none, and the token they are.
    private (int Guest, ulong Token) BytesOf(Pfn frame)
    {
        var (low, high) = (_platform.Contents.Read(frame.Address, 8), _platform.Contents.Read(frame.Address + 8, 8));
        if (high == 0 && low <= SharedToken)
        {
            return (-1, low);
        }

        for (var guest = 0; guest < _guests.Length; guest++)
        {
            var key = _platform.Keys[AsidOf(guest)];
            var token = _platform.Contents.Read(frame.Address, 8, key);
            if (token <= SharedToken && _platform.Contents.Read(frame.Address + 8, 8, key) == 0)
            {
                return (guest, token);
            }
        }

        return (-1, UnknownBytes);
    }

    private RunGuest Ordered(RunGuest guest, in ThingOrder order)
    {
        var ordered = guest.IsStopped ? default(RunGuest).Stopped : default;
        for (var address = 0; address < _pages; address++)
        {
            var place = order.PlaceOf(AddressGroup, address);
            var frame = guest.FrameAt(address);
            ordered = ordered.Mapped(place, frame < 0 ? -1 : order.PlaceOf(FrameGroup, frame)).Holding(place, guest.Holds(address)).Wrote(place, guest.TokenAtAddress(address));
        }

        return ordered;
    }

    private ulong Ordered(ulong entries, in ThingOrder order)
    {
        var ordered = 0UL;
        for (var address = 0; address < _pages && entries != 0; address++)
        {
            var entry = (entries >> (8 * address)) & 0xff;
            if (entry != 0)
            {
                var frame = (ulong)order.PlaceOf(FrameGroup, (int)(entry & 15) - 1) + 1;
                ordered |= ((entry & ~15UL) | frame) << (8 * order.PlaceOf(AddressGroup, address));
            }
        }

        return ordered;
    }
}
