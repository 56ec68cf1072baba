namespace GuestMemory.Testing.Tests.Mutants;

/// <summary>A software ownership table with chosen members done wrongly.</summary>
internal sealed class FaultyTable : IOwnershipTable, IStateful
{
    private int _prepared;

    public SoftwareOwnershipTable Table { get; } = new();

    /// <summary>Whether its state holds something that it does not read back.</summary>
    public bool ForgetsState { get; init; }

    public Func<FaultyTable, Pfn, OwnershipEntry>? OnLookUp { get; init; }

    public Func<FaultyTable, OwnershipRequest, Outcome>? OnPrepare { get; init; }

    public Func<FaultyTable, PfnRange, Outcome>? OnReclaim { get; init; }

    public Func<FaultyTable, PhysicalPage, Outcome>? OnSplit { get; init; }

    public Func<FaultyTable, PhysicalPage, Outcome>? OnMerge { get; init; }

    public Func<FaultyTable, FrameAccess, Outcome>? OnCheck { get; init; }

    public OwnershipEntry LookUp(Pfn frame) => OnLookUp?.Invoke(this, frame) ?? Table.LookUp(frame);

    public Outcome Prepare(in OwnershipRequest request)
    {
        _prepared++;
        return OnPrepare?.Invoke(this, request) ?? Table.Prepare(request);
    }

    public Outcome Reclaim(PfnRange frames) => OnReclaim?.Invoke(this, frames) ?? Table.Reclaim(frames);

    public Outcome Split(PhysicalPage page) => OnSplit?.Invoke(this, page) ?? Table.Split(page);

    public Outcome Merge(PhysicalPage page) => OnMerge?.Invoke(this, page) ?? Table.Merge(page);

    public Outcome Check(in FrameAccess access) => OnCheck?.Invoke(this, access) ?? Table.Check(access);

    public void WriteState(ref StateWriter writer)
    {
        Table.WriteState(ref writer);
        writer.Int32(ForgetsState ? _prepared : 0);
    }

    public void ReadState(ref StateReader reader)
    {
        Table.ReadState(ref reader);
        reader.Int32();
    }
}
