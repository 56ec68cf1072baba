namespace GuestMemory.Rmp.Tests.DirectMap;

/// <summary>The scenarios' world with a kernel in it: every RMPUPDATE and PSMASH goes through its direct map.</summary>
internal sealed class DirectMapWorld
{
    public DirectMapWorld(DirectMapPolicy policy)
    {
        World = new();
        Map = new(World.Platform, new(default, SnpWorld.Frames), policy);
    }

    public SnpWorld World { get; }

    public HostDirectMap Map { get; }

    public ReverseMapTable Table => World.Table;

    public RmpStatus Assign(Pfn frame, Gpa gpa) => Map.RmpUpdate(RmpUpdateOperands.Assign(new(frame, PageSize.Size4K), SnpWorld.A, gpa)).Status;

    public RmpStatus AssignLarge(Pfn frame, Gpa gpa) => Map.RmpUpdate(RmpUpdateOperands.Assign(new(frame, PageSize.Size2M), SnpWorld.A, gpa)).Status;

    public RmpStatus ToFirmware(Pfn frame) => Map.RmpUpdate(RmpUpdateOperands.ToFirmware(new(frame, PageSize.Size4K))).Status;

    public RmpStatus Share(Pfn frame, PageSize size = PageSize.Size4K) => Map.RmpUpdate(RmpUpdateOperands.Share(new(frame, size))).Status;

    public HostWriteOutcome Write(Pfn frame, HostDataKind kind = HostDataKind.PlainData) => Map.Write(frame, kind).Outcome;

    /// <summary>The entry that maps a frame; none when it is not present.</summary>
    public PageSize? Mapping(Pfn frame) => Map.MappingOf(frame, out var size) ? size : null;

    public byte[] MapState()
    {
        var writer = new StateWriter([]);
        Map.WriteState(ref writer);
        return writer.Written.ToArray();
    }
}
