namespace GuestMemory.Rmp;

/// <summary>How many pages carry each ASID. Follows from the entries: not part of the state.</summary>
internal sealed class AsidCounts
{
    private const int Near = 1024;
    private readonly ulong[] _near = new ulong[Near];
    private readonly Dictionary<uint, ulong> _far = [];

    public ulong this[Asid asid] => asid.Value < Near ? _near[asid.Value] : _far.GetValueOrDefault(asid.Value);

    // Counts may pass through each other: what is added and taken in one update is one change to the reader.
    public void Move(in RmpEntry from, in RmpEntry to, ulong pages)
    {
        if (from.Asid != to.Asid)
        {
            Add(from.Asid.Value, unchecked(0 - pages));
            Add(to.Asid.Value, pages);
        }
    }

    public void Clear()
    {
        Array.Clear(_near);
        _far.Clear();
    }

    private void Add(uint asid, ulong pages)
    {
        if (asid == 0)
        {
            return;
        }

        if (asid < Near)
        {
            _near[asid] = unchecked(_near[asid] + pages);
            return;
        }

        var count = unchecked(_far.GetValueOrDefault(asid) + pages);
        if (count == 0)
        {
            _far.Remove(asid);
        }
        else
        {
            _far[asid] = count;
        }
    }
}
