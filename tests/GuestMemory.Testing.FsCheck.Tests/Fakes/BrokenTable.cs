namespace GuestMemory.Testing.FsCheck.Tests.Fakes;

/// <summary>A software ownership table with chosen members done wrongly.</summary>
internal sealed class BrokenTable : IOwnershipTable
{
    private readonly SoftwareOwnershipTable _table = new();

    public Func<SoftwareOwnershipTable, OwnershipRequest, Outcome>? OnPrepare { get; init; }

    public Func<SoftwareOwnershipTable, PfnRange, Outcome>? OnReclaim { get; init; }

    public Func<SoftwareOwnershipTable, FrameAccess, Outcome>? OnCheck { get; init; }

    public bool ForgetsState { get; init; }

    public OwnershipEntry LookUp(Pfn frame) => _table.LookUp(frame);

    public Outcome Prepare(in OwnershipRequest request) => OnPrepare?.Invoke(_table, request) ?? _table.Prepare(request);

    public Outcome Reclaim(PfnRange frames) => OnReclaim?.Invoke(_table, frames) ?? _table.Reclaim(frames);

    public Outcome Split(PhysicalPage page) => _table.Split(page);

    public Outcome Merge(PhysicalPage page) => _table.Merge(page);

    public Outcome Check(in FrameAccess access) => OnCheck?.Invoke(_table, access) ?? _table.Check(access);

    public void WriteState(ref StateWriter writer) => _table.WriteState(ref writer);

    public void ReadState(ref StateReader reader)
    {
        _table.ReadState(ref reader);
        if (ForgetsState)
        {
            _table.Reclaim(new(default, 4096));
        }
    }
}
