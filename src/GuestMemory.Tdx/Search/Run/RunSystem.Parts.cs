namespace GuestMemory.Tdx;

/// <content>
/// The state in parts: a TD (epoch, references, entries, what the guest knows), a page (its PAMT entry, its lines, its bytes), a vCPU. Everything
/// else never changes here. Each number takes the fewest bytes it can.
/// </content>
internal sealed partial class RunSystem
{
    private const ulong LowBits = 0xfff;
    private const int HighShift = 52;
    private const int HighBits = 12;
    private const int PageShift = 24;
    private const byte OwnedBit = 0x40;
    private const byte BrokenBit = 0x80;
    private const byte InsideBit = 0x80;

    /// <inheritdoc/>
    public int Parts => _tds.Length + _pages + _vcpus.Length;

    /// <inheritdoc/>
    public void WritePart(int part, ref StateWriter writer)
    {
        if (part < _tds.Length)
        {
            WriteTd(part, ref writer);
        }
        else if (part < _tds.Length + _pages)
        {
            WritePage(part - _tds.Length, ref writer);
        }
        else
        {
            WriteVcpu(_vcpus[part - _tds.Length - _pages], ref writer);
        }
    }

    /// <inheritdoc/>
    public void ReadPart(int part, ref StateReader reader)
    {
        if (part < _tds.Length)
        {
            ReadTd(part, ref reader);
        }
        else if (part < _tds.Length + _pages)
        {
            ReadPage(part - _tds.Length, ref reader);
        }
        else
        {
            ReadVcpu(_vcpus[part - _tds.Length - _pages], ref reader);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Nothing is derived: each step looks for itself.</remarks>
    public void PartsRead(ulong parts)
    {
    }

    private static ulong TdPart(int guest) => 1UL << guest;

    private ulong VcpuPart(int vcpu) => 1UL << (_tds.Length + _pages + vcpu);

    private ulong VcpuParts(int guest)
    {
        var parts = 0UL;
        for (var vcpu = guest; vcpu < _vcpus.Length; vcpu += _tds.Length)
        {
            parts |= VcpuPart(vcpu);
        }

        return parts;
    }

    private ulong PagePart(Pfn frame) => unchecked(frame.Value - _frames[0].Value) is var page && page < (ulong)_pages ? 1UL << (_tds.Length + (int)page) : 0;

    private ulong ChangedPages()
    {
        var parts = 0UL;
        for (var page = 0; page < _pages; page++)
        {
            parts |= PageOf(page) == _oldPages[page] ? 0 : 1UL << (_tds.Length + page);
        }

        return parts;
    }

    private void WriteTd(int guest, ref StateWriter writer)
    {
        var td = _tds[guest];
        writer.Byte((byte)td.Epoch);
        writer.Byte((byte)td.EvenReferences);
        writer.Byte((byte)td.OddReferences);
        writer.Byte((byte)((td.ChildCount - _fixedPages[guest] << 1) | (td.IsFatal ? 1UL : 0)));
        for (var gfn = 0; gfn < _pages; gfn++)
        {
            writer.Int32(Fold(EntryOf(guest, gfn)));
            writer.Byte(_known[(guest * _pages) + gfn]);
        }
    }

    private void ReadTd(int guest, ref StateReader reader)
    {
        var td = _tds[guest];
        (td.Epoch, td.EvenReferences, td.OddReferences) = (reader.Byte(), reader.Byte(), reader.Byte());
        var pages = reader.Byte();
        (td.ChildCount, td.IsFatal) = (_fixedPages[guest] + (ulong)(pages >> 1), (pages & 1) != 0);
        for (var gfn = 0; gfn < _pages; gfn++)
        {
            _leaves[guest][gfn] = Unfold(reader.Int32());
            _known[(guest * _pages) + gfn] = reader.Byte();
        }
    }

    // An entry's bits without the page, and which page: 0 for none, or for address 0.
    private int Fold(SeptEntry entry)
    {
        var frame = entry.Page(SeptLevel.Pt).Value;
        var page = frame == 0 ? 0 : (uint)(frame - _frames[0].Value) + 1;
        return (int)((uint)(entry.Raw & LowBits) | ((uint)(entry.Raw >> HighShift) << HighBits) | (page << PageShift));
    }

    private SeptEntry Unfold(int folded)
    {
        var bits = (uint)folded;
        var page = bits >> PageShift;
        var raw = (bits & LowBits) | ((ulong)(bits >> HighBits & LowBits) << HighShift);
        return new SeptEntry(raw).WithPage(page == 0 ? default : PageFrame((byte)(page - 1)));
    }

    private Pfn PageFrame(int page) => page < _pages ? _frames[page] : throw new FormatException($"There is no page {page}.");

    private void WritePage(int page, ref StateWriter writer)
    {
        var entry = PageOf(page);
        var lines = _frames[page].Address;
        writer.Byte((byte)entry.Type);
        writer.Byte(entry.Type == PageType.Nda ? (byte)0 : OwnerOf(entry));
        writer.Byte((byte)entry.Bepoch);
        writer.Byte(Fold(_module.Memory.LineAt(lines)));
        writer.Byte(Fold(_module.Memory.LineAt(lines + 64)));
        WriteContent(page, ref writer);
    }

    private void ReadPage(int page, ref StateReader reader)
    {
        var type = (PageType)reader.Byte();
        var owner = reader.Byte();
        var bepoch = reader.Byte();
        if (owner > _tds.Length)
        {
            throw new FormatException($"There is no guest {owner}.");
        }

        _module.Pamt.Write(PageSize.Size4K, _frames[page], type == PageType.Nda ? default : new(type, owner == 0 ? default : _tds[owner - 1].Tdr, bepoch));
        var first = Unfold(reader.Byte());
        _module.Memory.RestoreLines(_frames[page], first, Unfold(reader.Byte()));
        ReadContent(page, ref reader);
    }

    private byte OwnerOf(PamtEntry entry)
    {
        for (var guest = 0; guest < _tds.Length; guest++)
        {
            if (_tds[guest].Tdr == entry.Owner)
            {
                return (byte)(guest + 1);
            }
        }

        return 0;
    }

    private byte Fold(LineTag tag)
    {
        var key = tag.Key == ContentKey.None ? 0 : Array.IndexOf(_keys, tag.Key) + 1;
        return (byte)(key | (tag.IsOwned ? OwnedBit : 0) | (tag.IsBroken ? BrokenBit : 0));
    }

    private LineTag Unfold(byte tag)
    {
        var key = tag & (OwnedBit - 1);
        return new(key == 0 ? ContentKey.None : _keys[key - 1], (tag & OwnedBit) != 0, (tag & BrokenBit) != 0);
    }

    private void WriteVcpu(TdVcpu vcpu, ref StateWriter writer)
    {
        writer.Byte((byte)((byte)vcpu.Epoch | (vcpu.IsInside ? InsideBit : 0)));
        Span<byte> remembered = stackalloc byte[ThingOrder.Most];
        remembered.Clear();
        foreach (ref readonly var page in vcpu.Translations.Pages)
        {
            // Without rights it serves nobody: it is as if there were none.
            if (page.Rights != 0)
            {
                remembered[(int)page.Gfn.Value] = (byte)(((page.Frame.Value - _frames[0].Value + 1) << 3) | page.Rights);
            }
        }

        for (var gfn = 0; gfn < _pages; gfn++)
        {
            writer.Byte(remembered[gfn]);
        }
    }

    private void ReadVcpu(TdVcpu vcpu, ref StateReader reader)
    {
        var first = reader.Byte();
        vcpu.Epoch = (ulong)(first & (InsideBit - 1));
        vcpu.IsInside = (first & InsideBit) != 0;
        vcpu.FlushedAtEntry = false;
        vcpu.Translations.Flush();
        for (var gfn = 0; gfn < _pages; gfn++)
        {
            var page = reader.Byte();
            if (page != 0)
            {
                vcpu.Translations.Add(new(new((ulong)gfn), PageSize.Size4K, PageFrame((page >> 3) - 1), page & SeptEntry.ReadWriteExecute));
            }
        }
    }
}
