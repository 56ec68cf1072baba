namespace GuestMemory.Tdx;

/// <summary>What guests know of the first word of their pages: what they wrote last since they accepted the page. Part of a scenario's state.</summary>
internal sealed class KnownBytes : IStateful
{
    private readonly SortedList<(ulong Tdr, ulong Gpa), ulong> _words = [];

    /// <summary>A guest accepted a page, which is zero then.</summary>
    public void Accepted(TdVcpu vcpu, PageInfo page)
    {
        for (var index = _words.Count - 1; index >= 0; index--)
        {
            var (tdr, gpa) = _words.GetKeyAtIndex(index);
            if (tdr == vcpu.Td.Tdr.Value && gpa - page.Gpa.Value < page.Level.FrameCount() << 12)
            {
                _words.RemoveAt(index);
            }
        }

        _words[(vcpu.Td.Tdr.Value, page.Gpa.Value)] = 0;
    }

    /// <summary>A guest wrote.</summary>
    public void Wrote(TdVcpu vcpu, ulong gpa, ulong value) => _words[(vcpu.Td.Tdr.Value, gpa)] = value;

    /// <summary>The host gave pages with bytes that nobody here knows, or a TD is gone.</summary>
    public void Forget() => _words.Clear();

    /// <summary>A guest read.</summary>
    /// <exception cref="ModelInvariantException">It knew better.</exception>
    public void Read(TdVcpu vcpu, ulong gpa, ulong value)
    {
        if (_words.TryGetValue((vcpu.Td.Tdr.Value, gpa), out var expected) && expected != value)
        {
            throw GuestPromises.NotOwn(vcpu, new Gpa(gpa).Frame, value, expected);
        }
    }

    /// <summary>The host read.</summary>
    /// <exception cref="ModelInvariantException">It read what a guest wrote.</exception>
    public void HostRead(Pfn frame, ulong value)
    {
        if (value != 0 && _words.ContainsValue(value))
        {
            throw GuestPromises.Seen(frame, value);
        }
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_words.Count);
        foreach (var ((tdr, gpa), value) in _words)
        {
            writer.UInt64(tdr);
            writer.UInt64(gpa);
            writer.UInt64(value);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _words.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var key = (reader.UInt64(), reader.UInt64());
            _words.Add(key, reader.UInt64());
        }
    }
}
