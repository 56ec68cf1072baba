using System.Runtime.InteropServices;

namespace GuestMemory;

/// <summary>What the vCPUs of one VM hold cached of one tree: filled by successful access, dropped by flush, or whole by <see cref="DropAll"/>.</summary>
/// <remarks>Sorted by vCPU and input frame. Off unless the machine's options switch it on. Not thread-safe.</remarks>
public sealed class TranslationCache : IStateful
{
    private readonly List<CachedTranslation> _entries = [];

    /// <summary>Creates the cache.</summary>
    /// <param name="enabled">Whether accesses fill it.</param>
    public TranslationCache(bool enabled) => Enabled = enabled;

    /// <summary>Whether accesses fill it.</summary>
    public bool Enabled { get; }

    /// <summary>The entries, sorted.</summary>
    public IReadOnlyList<CachedTranslation> Entries => _entries;

    internal ReadOnlySpan<CachedTranslation> EntrySpan => CollectionsMarshal.AsSpan(_entries);

    /// <summary>Keeps a 4 KiB piece of a translation for a vCPU.</summary>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="gfn">The input frame.</param>
    /// <param name="translation">Its translation.</param>
    public void Fill(int vcpu, Gfn gfn, in Translation translation)
    {
        if (!Enabled)
        {
            return;
        }

        var at = Find(vcpu, gfn);
        if (at >= 0)
        {
            _entries[at] = new(vcpu, gfn, translation);
        }
        else
        {
            _entries.Insert(~at, new(vcpu, gfn, translation));
        }
    }

    /// <summary>What a vCPU would use without walking.</summary>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="gfn">The input frame.</param>
    /// <param name="translation">The cached translation.</param>
    public bool TryUse(int vcpu, Gfn gfn, out Translation translation)
    {
        var at = Enabled ? Find(vcpu, gfn) : -1;
        translation = at >= 0 ? _entries[at].Translation : default;
        return at >= 0;
    }

    /// <summary>Drops every vCPU's entries of a range (a shoot-down).</summary>
    /// <param name="range">The input frames.</param>
    public void Drop(GfnRange range)
    {
        for (var index = _entries.Count - 1; index >= 0; index--)
        {
            if (range.Contains(_entries[index].Gfn))
            {
                _entries.RemoveAt(index);
            }
        }
    }

    /// <summary>Drops every vCPU's entries that lead to frames of a run: the table that owns them says so.</summary>
    /// <param name="frames">The frames.</param>
    public void DropFrames(PfnRange frames)
    {
        for (var index = _entries.Count - 1; index >= 0; index--)
        {
            if (frames.Contains(_entries[index].Translation.Frame))
            {
                _entries.RemoveAt(index);
            }
        }
    }

    /// <summary>Drops all of one vCPU's entries (it left, or changed its context).</summary>
    /// <param name="vcpu">The vCPU.</param>
    public void DropAll(int vcpu) => _entries.RemoveAll(entry => entry.Vcpu == vcpu);

    internal void Clear() => _entries.Clear();

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_entries.Count);
        foreach (var entry in _entries)
        {
            writer.Int32(entry.Vcpu);
            TranslationState.Write(ref writer, new(entry.Gfn.Value, entry.Gfn.Value + 1, entry.Translation));
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _entries.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var vcpu = reader.Int32();
            var run = TranslationState.Read(ref reader);
            _entries.Add(new(vcpu, new(run.Start), run.Value));
        }
    }

    private int Find(int vcpu, Gfn gfn)
    {
        for (var index = 0; index < _entries.Count; index++)
        {
            var entry = _entries[index];
            if (entry.Vcpu == vcpu && entry.Gfn == gfn)
            {
                return index;
            }

            if (entry.Vcpu > vcpu || (entry.Vcpu == vcpu && entry.Gfn > gfn))
            {
                return ~index;
            }
        }

        return ~_entries.Count;
    }
}
