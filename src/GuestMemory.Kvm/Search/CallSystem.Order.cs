namespace GuestMemory.Kvm;

/// <content>What is alike: guests with as many vCPUs, a page of one number in every guest, a vCPU of one number in every guest.</content>
internal sealed partial class CallSystem
{
    private const int GuestGroup = 0;
    private const int PageGroup = 1;
    private const int VcpuGroup = 2;
    private const byte NoName = 0xff;

    /// <inheritdoc/>
    public IReadOnlyList<int> Groups { get; }

    private bool AreGuestsAlike => _vcpus % _guests.Length == 0;

    // Those that some guests have and others have not stay as they are.
    private int VcpusAlike => AreGuestsAlike ? _vcpus / _guests.Length : 1;

    private int VcpusOfEach => (_vcpus + _guests.Length - 1) / _guests.Length;

    /// <inheritdoc/>
    public ulong Signature(int group, int thing)
    {
        var sum = 0UL;
        for (var guest = 0; guest < _guests.Length; guest++)
        {
            for (var page = 0; page < _pages; page++)
            {
                if ((group == GuestGroup && guest == thing) || (group == PageGroup && page == thing))
                {
                    sum = unchecked(sum + Mix(LookOf(_guests[guest], page)));
                }
                else if (group == VcpuGroup)
                {
                    sum = unchecked(sum + Mix(CachedLook(guest, thing, page)));
                }
            }
        }

        return sum;
    }

    /// <inheritdoc/>
    /// <remarks>Frames have the names of the places that lead to them. What a frame held that is free, or not cleared yet, is left out: nobody reads it.</remarks>
    public void WriteOrdered(in ThingOrder order, ref StateWriter writer)
    {
        Span<byte> names = stackalloc byte[(int)_kvm.Machine.Frames.AllFrames.Count];
        names.Fill(NoName);
        byte next = 0;
        for (var place = 0; place < _guests.Length; place++)
        {
            var number = AreGuestsAlike ? order.ThingAt(GuestGroup, place) : place;
            for (var at = 0; at < _pages; at++)
            {
                var page = order.ThingAt(PageGroup, at);
                writer.UInt64(LookOf(_guests[number], page));
                WriteNames(_guests[number], page, names, ref next, ref writer);
                for (var vcpu = 0; vcpu < VcpusOfEach; vcpu++)
                {
                    WriteCached(number, AreGuestsAlike ? order.ThingAt(VcpuGroup, vcpu) : vcpu, page, names, ref writer);
                }
            }
        }
    }

    // Kinds, rights and states of one page of one guest, without frames and without names of guests.
    private ulong LookOf(CallGuest guest, int page)
    {
        var look = guest.Vm.Attributes.KindOf(CallGuest.Gfn(page)) == PageKind.Private ? 1UL : 0;
        look |= (ulong)(guest.Written >> page & 1) << 1;
        look |= (ulong)guest.Breach << 4;
        look |= LookOf(guest, guest.Private, page) << 8;
        look |= LookOf(guest, guest.Shared, page) << 24;
        if (_kvm.Process.TryGetWholeEntry(guest.HostPage(page), out var entry))
        {
            look |= (1UL | (entry.Writable ? 2UL : 0) | (entry.IsZeroPage ? 4UL : 0) | (entry.IsPoisoned ? 8UL : 0)) << 40;
        }

        if (guest.Table.TryTranslate(CallGuest.Gfn(page), out var leaf))
        {
            look |= LookOf(leaf) << 48;
        }

        return look;
    }

    private ulong LookOf(CallGuest guest, BackingStore store, int page)
    {
        if (!store.TryLookUp(new((ulong)page), out var stored))
        {
            return 0;
        }

        var value = stored.Flags.HasFlag(StoredPageFlags.Cleared) ? _kvm.Machine.Contents.Read(stored.Frame.Address, 8) : 0;
        return 1UL | ((ulong)stored.Flags << 1) | (RoleOf(guest, value) << 8);
    }

    private static ulong LookOf(in Translation leaf) => 1UL | (leaf.Kind == PageKind.Private ? 2UL : 0) | (leaf.Writable ? 4UL : 0);

    private static ulong RoleOf(CallGuest guest, ulong value) => value switch
    {
        0 => 0,
        HostToken => 1,
        _ when value == guest.PrivateToken => 2,
        _ when value == guest.SharedToken => 3,
        _ => 4,
    };

    private ulong CachedLook(int guest, int vcpu, int page)
    {
        var number = (vcpu * _guests.Length) + guest;
        return number < _vcpus && _guests[guest].Vm.Cache.TryUse(number, CallGuest.Gfn(page), out var cached) ? LookOf(cached) : 0;
    }

    private void WriteNames(CallGuest guest, int page, scoped Span<byte> names, ref byte next, ref StateWriter writer)
    {
        if (guest.Private.TryLookUp(new((ulong)page), out var stored))
        {
            writer.Byte(NameOf(stored.Frame, names, ref next));
        }

        if (guest.Shared.TryLookUp(new((ulong)page), out stored))
        {
            writer.Byte(NameOf(stored.Frame, names, ref next));
        }

        if (_kvm.Process.TryGetEntry(guest.HostPage(page), out var frame))
        {
            writer.Byte(NameOf(frame, names, ref next));
        }

        if (guest.Table.TryTranslate(CallGuest.Gfn(page), out var leaf))
        {
            writer.Byte(NameOf(leaf.Frame, names, ref next));
        }
    }

    private void WriteCached(int guest, int vcpu, int page, scoped ReadOnlySpan<byte> names, ref StateWriter writer)
    {
        var number = (vcpu * _guests.Length) + guest;
        if (number < _vcpus && _guests[guest].Vm.Cache.TryUse(number, CallGuest.Gfn(page), out var cached))
        {
            writer.Byte((byte)LookOf(cached));
            writer.Byte(names[(int)cached.Frame.Value]);
        }
        else
        {
            writer.Byte(0);
        }
    }

    private static byte NameOf(Pfn frame, scoped Span<byte> names, ref byte next)
    {
        ref var name = ref names[(int)frame.Value];
        if (name == NoName)
        {
            name = next++;
        }

        return name;
    }

    private static ulong Mix(ulong value)
    {
        value = unchecked((value ^ (value >> 31)) * 0x9e37_79b9_7f4a_7c15);
        value = unchecked((value ^ (value >> 29)) * 0xbf58_476d_1ce4_e5b9);
        return value ^ (value >> 32);
    }
}
