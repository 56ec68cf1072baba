namespace GuestMemory.Tdx;

/// <summary>What the host keeps of one TD.</summary>
public sealed class HostedTd
{
    internal HostedTd(GuestId guest, Pfn tdr) => (Guest, Tdr) = (guest, tdr);

    /// <summary>The VM.</summary>
    public GuestId Guest { get; }

    /// <summary>The TD's root page.</summary>
    public Pfn Tdr { get; }

    /// <summary>Root pages of its vCPUs, by number.</summary>
    public IReadOnlyList<Pfn> Vcpus => VcpuList;

    /// <summary>Whether its key is gone: its pages can only be reclaimed.</summary>
    public bool IsReleased { get; internal set; }

    /// <summary>The guest's MapGPA that awaits the VMM's answers: next address and end, without the SHARED bit; <see langword="null"/> when none does.</summary>
    public MapGpaRequest? MapGpa { get; internal set; }

    internal List<Pfn> VcpuList { get; } = [];

    /// <summary>"guest 1 is TD pfn 0x40000".</summary>
    public override string ToString() => $"{Guest} is TD {Tdr}";

    internal static HostedTd Read(ref StateReader reader)
    {
        var guest = new GuestId(checked((ushort)reader.Int32()));
        var td = new HostedTd(guest, new(reader.UInt64())) { IsReleased = reader.Flag() };
        for (var left = reader.Count(); left > 0; left--)
        {
            td.VcpuList.Add(new(reader.UInt64()));
        }

        td.MapGpa = reader.Flag() ? MapGpaRequest.Read(ref reader) : null;
        return td;
    }

    internal void WriteState(ref StateWriter writer)
    {
        writer.Int32(Guest.Value);
        writer.UInt64(Tdr.Value);
        writer.Flag(IsReleased);
        writer.Int32(VcpuList.Count);
        foreach (var vcpu in VcpuList)
        {
            writer.UInt64(vcpu.Value);
        }

        writer.Flag(MapGpa is not null);
        MapGpa?.WriteState(ref writer);
    }
}
