namespace GuestMemory.Rmp;

/// <summary>What a vCPU remembers: translations with the RMP check they passed, until they are flushed.</summary>
/// <remarks>
/// RMPUPDATE and PSMASH drop what leads to their frames; PVALIDATE, RMPADJUST and a change of the nested table drop nothing.
/// Sorted. Sources: apm3, RMPUPDATE, PSMASH, PVALIDATE and RMPADJUST; snp-white-paper, RMP checks.
/// </remarks>
public sealed class GuestTlb : IStateful
{
    private readonly SortedList<ulong, GuestTlbEntry> _entries = [];

    internal GuestTlb(SnpPlatform platform) => platform.TranslationsInvalidated += Drop;

    /// <summary>How many translations are remembered.</summary>
    public int Count => _entries.Count;

    /// <summary>Forgets everything.</summary>
    public void Flush() => _entries.Clear();

    internal bool TryFind(Gfn gfn, AccessKind kind, bool encrypted, out GuestTlbEntry entry) => _entries.TryGetValue(KeyOf(gfn, kind, encrypted), out entry);

    internal void Add(in GuestTlbEntry entry) => _entries[KeyOf(entry.Gfn, entry.Kind, entry.Encrypted)] = entry;

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_entries.Count);
        foreach (var entry in _entries.Values)
        {
            writer.UInt64(entry.Gfn.Value);
            writer.Byte((byte)entry.Kind);
            writer.Flag(entry.Encrypted);
            writer.UInt64(entry.Frame.Value);
            writer.Byte((byte)entry.Size);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _entries.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var gfn = new Gfn(reader.UInt64());
            var kind = (AccessKind)reader.Byte();
            var encrypted = reader.Flag();
            var frame = new Pfn(reader.UInt64());
            Add(new(gfn, kind, encrypted, frame, (PageSize)reader.Byte()));
        }
    }

    private static ulong KeyOf(Gfn gfn, AccessKind kind, bool encrypted) => (gfn.Value << 3) | ((ulong)kind << 1) | (encrypted ? 1UL : 0);

    private void Drop(PfnRange frames)
    {
        for (var at = _entries.Count - 1; at >= 0; at--)
        {
            if (_entries.Values[at].Page.Overlaps(frames))
            {
                _entries.RemoveAt(at);
            }
        }
    }
}
