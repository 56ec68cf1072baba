namespace GuestMemory.Tdx;

/// <summary>The key ownership table: what each private key identifier is used for, and which packages still have to write their caches back.</summary>
/// <remarks>Source: tdx-module, key ownership table.</remarks>
public sealed class KeyTable : IStateful
{
    private readonly HkidState[] _states;
    private readonly uint[] _pending;
    private readonly ulong[] _keys;
    private readonly int _first;
    private ulong _made;

    internal KeyTable(TdxPlatform platform)
    {
        _first = platform.FirstPrivateHkid.Value;
        var count = platform.LastPrivateHkid.Value - _first + 1;
        (_states, _pending, _keys) = (new HkidState[count], new uint[count], new ulong[count]);
        _states[platform.ModuleHkid.Value - _first] = HkidState.Reserved;
        MakeKey(platform.ModuleHkid);
    }

    /// <summary>What an identifier is used for.</summary>
    /// <param name="hkid">A private one; others are nobody's here.</param>
    public HkidState this[Hkid hkid]
    {
        get => Holds(hkid) ? _states[hkid.Value - _first] : HkidState.Free;
        internal set
        {
            if (Holds(hkid))
            {
                _states[hkid.Value - _first] = value;
            }
        }
    }

    /// <summary>Packages that have not written their caches back since the identifier's TD ended, one bit each.</summary>
    /// <param name="hkid">A private one.</param>
    public uint PendingWriteBacks(Hkid hkid) => Holds(hkid) ? _pending[hkid.Value - _first] : 0;

    /// <summary>The key behind an identifier, by number; none for the host's own, and before one is configured.</summary>
    /// <param name="hkid">The identifier.</param>
    public ContentKey KeyOf(Hkid hkid) => Holds(hkid) ? new(_keys[hkid.Value - _first]) : ContentKey.None;

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.UInt64(_made);
        for (var index = 0; index < _states.Length; index++)
        {
            writer.Byte((byte)_states[index]);
            writer.UInt64(_pending[index]);
            writer.UInt64(_keys[index]);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _made = reader.UInt64();
        for (var index = 0; index < _states.Length; index++)
        {
            _states[index] = (HkidState)reader.Byte();
            _pending[index] = checked((uint)reader.UInt64());
            _keys[index] = reader.UInt64();
        }
    }

    // The identifiers whose TDs are ending, one bit each, counted from the first private one.
    internal ulong Flushed()
    {
        var flushed = 0UL;
        for (var index = 0; index < _states.Length; index++)
        {
            flushed |= _states[index] == HkidState.Flushed ? 1UL << index : 0;
        }

        return flushed;
    }

    // A package has written back what it held for some identifiers.
    internal void WrittenBack(ulong hkids, int package)
    {
        for (var index = 0; index < _pending.Length; index++)
        {
            _pending[index] &= (hkids >> index & 1) == 0 ? uint.MaxValue : ~(1U << package);
        }
    }

    internal void SetPending(Hkid hkid, uint packages)
    {
        if (Holds(hkid))
        {
            _pending[hkid.Value - _first] = packages;
        }
    }

    // A key nobody had before.
    internal void MakeKey(Hkid hkid)
    {
        if (Holds(hkid))
        {
            _keys[hkid.Value - _first] = ++_made;
        }
    }

    private bool Holds(Hkid hkid) => hkid.Value >= _first && hkid.Value - _first < _states.Length;
}
