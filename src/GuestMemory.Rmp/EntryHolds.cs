namespace GuestMemory.Rmp;

/// <summary>What other processors do to entries at this moment: entries they are changing, and pages they run a vCPU on.</summary>
/// <remarks>Sorted, counted. Not thread-safe. Sources: apm2, 15.36.12 (pages in use); apm3, RMPUPDATE and PSMASH (entries being changed).</remarks>
public sealed class EntryHolds : IStateful
{
    private readonly List<Pfn> _changing = [];
    private readonly List<Pfn> _inUse = [];

    /// <summary>Whether nobody holds anything.</summary>
    public bool IsEmpty => _changing.Count == 0 && _inUse.Count == 0;

    /// <summary>The pages in use by running vCPUs, in order; one in use twice stands twice.</summary>
    public IReadOnlyList<Pfn> InUse => _inUse;

    /// <summary>The entries other processors are changing, in order.</summary>
    public IReadOnlyList<Pfn> Changing => _changing;

    /// <summary>Another processor begins to change an entry.</summary>
    /// <param name="frame">The entry's frame.</param>
    public void BeginChange(Pfn frame) => Insert(_changing, frame);

    /// <summary>It is done.</summary>
    /// <param name="frame">The entry's frame.</param>
    /// <returns>Whether it was changing.</returns>
    public bool EndChange(Pfn frame) => _changing.Remove(frame);

    /// <summary>Whether an entry of a run is being changed.</summary>
    /// <param name="frames">The run.</param>
    public bool AnyChanging(PfnRange frames) => _changing.Count > 0 && Any(_changing, frames);

    /// <summary>Whether a page of a run is in use by a running vCPU.</summary>
    /// <param name="frames">The run.</param>
    public bool AnyInUse(PfnRange frames) => _inUse.Count > 0 && Any(_inUse, frames);

    internal void Use(Pfn frame) => Insert(_inUse, frame);

    internal void Release(Pfn frame) => _inUse.Remove(frame);

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        Write(ref writer, _changing);
        Write(ref writer, _inUse);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        Read(ref reader, _changing);
        Read(ref reader, _inUse);
    }

    private static void Insert(List<Pfn> held, Pfn frame)
    {
        var at = held.BinarySearch(frame);
        held.Insert(at < 0 ? ~at : at, frame);
    }

    private static bool Any(List<Pfn> held, PfnRange frames)
    {
        foreach (var frame in held)
        {
            if (frames.Contains(frame))
            {
                return true;
            }
        }

        return false;
    }

    private static void Write(ref StateWriter writer, List<Pfn> held)
    {
        writer.Int32(held.Count);
        foreach (var frame in held)
        {
            writer.UInt64(frame.Value);
        }
    }

    private static void Read(ref StateReader reader, List<Pfn> held)
    {
        held.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            held.Add(new(reader.UInt64()));
        }
    }
}
