namespace GuestMemory.Testing;

/// <summary>A software table that can be told to give nothing back.</summary>
internal sealed class KeepingOwnershipTable : IOwnershipTable, IStateful
{
    private readonly SoftwareOwnershipTable _table = new();

    /// <summary>Whether it refuses to give frames back.</summary>
    public bool Keeps { get; set; }

    /// <inheritdoc/>
    public OwnershipEntry LookUp(Pfn frame) => _table.LookUp(frame);

    /// <inheritdoc/>
    public Outcome Prepare(in OwnershipRequest request) => _table.Prepare(request);

    /// <inheritdoc/>
    public Outcome Reclaim(PfnRange frames) => Keeps ? CoreRules.WrongOwner.Refuse(frames.Start.Value) : _table.Reclaim(frames);

    /// <inheritdoc/>
    public Outcome Split(PhysicalPage page) => _table.Split(page);

    /// <inheritdoc/>
    public Outcome Merge(PhysicalPage page) => _table.Merge(page);

    /// <inheritdoc/>
    public Outcome Check(in FrameAccess access) => _table.Check(access);

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer) => _table.WriteState(ref writer);

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader) => _table.ReadState(ref reader);
}
