namespace GuestMemory.Rmp;

/// <summary>The memory controller's keys, by ASID. An ASID nobody installed a key for has one of its own.</summary>
/// <remarks>Sorted by ASID. Not thread-safe. Source: apm2, 15.34.2.</remarks>
public sealed class EncryptionKeys : IStateful
{
    // Installed keys are told from the ASIDs' own by this bit.
    private const ulong InstalledBit = 1UL << 32;
    private readonly SortedList<uint, ulong> _installed = [];

    /// <summary>The key of an ASID; none for the hypervisor's.</summary>
    /// <param name="asid">The ASID.</param>
    public ContentKey this[Asid asid] => _installed.Count > 0 && _installed.TryGetValue(asid.Value, out var key) ? new(key) : new(asid.Value);

    /// <summary>Installs a guest's key for an ASID, in place of what was there.</summary>
    /// <param name="asid">A guest's ASID.</param>
    /// <param name="number">Tells guests' keys apart; each guest of a machine's life has its own, below 2^32.</param>
    internal void Install(Asid asid, uint number) => _installed[asid.Value] = InstalledBit | number;

    internal void Remove(Asid asid) => _installed.Remove(asid.Value);

    internal void Clear() => _installed.Clear();

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_installed.Count);
        foreach (var (asid, key) in _installed)
        {
            writer.UInt64(asid);
            writer.UInt64(key);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _installed.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var asid = checked((uint)reader.UInt64());
            _installed[asid] = reader.UInt64();
        }
    }
}
