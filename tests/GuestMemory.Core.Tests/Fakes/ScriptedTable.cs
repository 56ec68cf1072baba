namespace GuestMemory.Tests;

/// <summary>The software ownership table, with frames it does not give back, an owner a test may set, and its calls written down.</summary>
internal class ScriptedTable : IOwnershipTable
{
    private readonly SoftwareOwnershipTable _table = new();

    /// <summary>Frames that cannot be reclaimed.</summary>
    public HashSet<Pfn> Kept { get; } = [];

    /// <summary>Who owns every frame, when a test says so.</summary>
    public FrameOwner? Owner { get; set; }

    public List<PfnRange> Reclaims { get; } = [];

    public List<FrameAccess> Checks { get; } = [];

    public OwnershipEntry LookUp(Pfn frame) => Owner is { } owner ? _table.LookUp(frame) with { Owner = owner } : _table.LookUp(frame);

    public Outcome Prepare(in OwnershipRequest request) => _table.Prepare(request);

    public Outcome Reclaim(PfnRange frames)
    {
        Reclaims.Add(frames);
        return Kept.Any(frames.Contains) ? CoreRules.Pinned.Refuse(frames.Start.Value) : _table.Reclaim(frames);
    }

    public Outcome Split(PhysicalPage page) => _table.Split(page);

    public Outcome Merge(PhysicalPage page) => _table.Merge(page);

    public Outcome Check(in FrameAccess access)
    {
        Checks.Add(access);
        return _table.Check(access);
    }

    public void WriteState(ref StateWriter writer) => _table.WriteState(ref writer);

    public void ReadState(ref StateReader reader) => _table.ReadState(ref reader);
}
