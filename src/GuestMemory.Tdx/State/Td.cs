namespace GuestMemory.Tdx;

/// <summary>What the module keeps of one TD: its root page (TDR) and its control structure (TDCS).</summary>
/// <remarks>Changed by the module's functions only. Source: tdx-module, TDR and TDCS.</remarks>
public sealed class Td
{
    /// <summary>Control pages a TD needs.</summary>
    public const int FewestControlPages = 6;

    /// <summary>Control pages a TD can have.</summary>
    public const int MostControlPages = 9;

    // The control page the Secure EPT's root lies in.
    internal const int SeptRootPage = 3;

    internal Td(Pfn tdr, Hkid hkid) => (Tdr, Hkid) = (tdr, hkid);

    /// <summary>Its root page; names it.</summary>
    public Pfn Tdr { get; }

    /// <summary>Its key identifier.</summary>
    public Hkid Hkid { get; }

    /// <summary>Where it stands with its key.</summary>
    public TdLifecycle Lifecycle { get; internal set; }

    /// <summary>Whether it may do nothing any more: its memory's integrity broke.</summary>
    public bool IsFatal { get; internal set; }

    /// <summary>Pages of 4 KiB it owns besides its root page.</summary>
    public ulong ChildCount { get; internal set; }

    /// <summary>Packages whose key is configured, one bit each.</summary>
    public uint ConfiguredPackages { get; internal set; }

    /// <summary>Its control pages, in order.</summary>
    public IReadOnlyList<Pfn> ControlPages => ControlPageList;

    /// <summary>Where it stands in its life or in a migration.</summary>
    public TdxOpState OpState { get; internal set; }

    /// <summary>Whether guest addresses have 52 bits; otherwise 48.</summary>
    public bool IsWide { get; internal set; }

    /// <summary>Whether a touch of a pending page leaves to the host (the attribute SEPT_VE_DISABLE) instead of raising #VE.</summary>
    public bool DisablesPendingVe { get; internal set; }

    /// <summary>Whether the host may read and write its memory (the attribute DEBUG).</summary>
    public bool IsDebug { get; internal set; }

    /// <summary>Its Secure EPT; none before MNG.INIT.</summary>
    public SecureEpt? Sept { get; internal set; }

    /// <summary>Its TLB epoch, from 1.</summary>
    public ulong Epoch { get; internal set; }

    /// <summary>vCPUs that entered in an even epoch and are inside.</summary>
    public uint EvenReferences { get; internal set; }

    /// <summary>vCPUs that entered in an odd epoch and are inside.</summary>
    public uint OddReferences { get; internal set; }

    /// <summary>Its vCPUs, by root page.</summary>
    public IReadOnlyList<TdVcpu> Vcpus => VcpuList;

    /// <summary>vCPUs associated with a logical processor.</summary>
    public int AssociatedVcpus { get; internal set; }

    /// <summary>What was measured, as a running digest of this model's own.</summary>
    public ulong Measurement { get; internal set; }

    /// <summary>The epoch at the last EXPORT.BLOCKW.</summary>
    public ulong WriteBlockEpoch { get; internal set; }

    /// <summary>Pages exported in this session (MIG_COUNT).</summary>
    public uint MigratedCount { get; internal set; }

    /// <summary>Pages exported and written since (DIRTY_COUNT).</summary>
    public uint DirtyCount { get; internal set; }

    /// <summary>The session's migration epoch.</summary>
    public uint MigrationEpoch { get; internal set; }

    /// <summary>Sessions so far.</summary>
    public uint ExportCount { get; internal set; }

    /// <summary>vCPUs VP.INIT was made for.</summary>
    public int InitializedVcpus
    {
        get
        {
            var count = 0;
            foreach (var vcpu in VcpuList)
            {
                count += vcpu.IsInitialized ? 1 : 0;
            }

            return count;
        }
    }

    internal List<Pfn> ControlPageList { get; } = [];

    internal List<TdVcpu> VcpuList { get; } = [];

    /// <summary>vCPUs inside that entered in an epoch.</summary>
    /// <param name="epoch">The epoch; only its lowest bit is kept.</param>
    public uint References(ulong epoch) => (epoch & 1) == 0 ? EvenReferences : OddReferences;

    /// <summary>Whether what was blocked in an epoch can be reached by no vCPU any more. Source: tdx-module, TLB tracking.</summary>
    /// <param name="epoch">The block epoch; a migration tag is never tracked.</param>
    public bool IsTracked(ulong epoch) => (epoch >> 63) == 0
        && (epoch == Epoch - 1 ? References(epoch) == 0 : epoch < Epoch - 1);

    /// <summary>The bit of a guest address that says shared.</summary>
    public ulong SharedBit => 1UL << (IsWide ? 51 : 47);

    /// <summary>Whether a guest address is private: its SHARED bit is clear.</summary>
    /// <param name="gpa">The address.</param>
    public bool IsPrivate(ulong gpa) => (gpa & SharedBit) == 0;

    // Keeps vCPUs in the order of their root pages.
    internal void Add(TdVcpu vcpu)
    {
        var at = VcpuList.FindIndex(other => vcpu.Tdvpr < other.Tdvpr);
        VcpuList.Insert(at < 0 ? VcpuList.Count : at, vcpu);
    }

    internal void AddReference(ulong epoch, int change)
    {
        if ((epoch & 1) == 0)
        {
            EvenReferences = checked((uint)(EvenReferences + change));
        }
        else
        {
            OddReferences = checked((uint)(OddReferences + change));
        }
    }

    /// <summary>"TD pfn 0x40000".</summary>
    public override string ToString() => $"TD {Tdr}";

    internal void WriteState(ref StateWriter writer)
    {
        writer.UInt64(Tdr.Value);
        writer.UInt64(Hkid.Value);
        writer.Byte((byte)Lifecycle);
        writer.Flag(IsFatal);
        writer.UInt64(ChildCount);
        writer.UInt64(ConfiguredPackages);
        writer.Int32(ControlPageList.Count);
        foreach (var page in ControlPageList)
        {
            writer.UInt64(page.Value);
        }

        writer.Byte((byte)OpState);
        writer.Flag(IsWide);
        writer.Flag(DisablesPendingVe);
        writer.Flag(IsDebug);
        writer.UInt64(Epoch);
        writer.UInt64(EvenReferences);
        writer.UInt64(OddReferences);
        writer.UInt64(Measurement);
        writer.UInt64(WriteBlockEpoch);
        writer.UInt64(MigratedCount);
        writer.UInt64(DirtyCount);
        writer.UInt64(MigrationEpoch);
        writer.UInt64(ExportCount);
        writer.Int32(VcpuList.Count);
        foreach (var vcpu in VcpuList)
        {
            vcpu.WriteState(ref writer);
        }

        writer.Flag(Sept is not null);
        Sept?.WriteState(ref writer);
    }

    internal static Td Read(ref StateReader reader)
    {
        var tdr = new Pfn(reader.UInt64());
        var td = new Td(tdr, new(checked((ushort)reader.UInt64())))
        {
            Lifecycle = (TdLifecycle)reader.Byte(),
            IsFatal = reader.Flag(),
            ChildCount = reader.UInt64(),
            ConfiguredPackages = checked((uint)reader.UInt64()),
        };
        for (var left = reader.Count(); left > 0; left--)
        {
            td.ControlPageList.Add(new(reader.UInt64()));
        }

        td.OpState = (TdxOpState)reader.Byte();
        td.IsWide = reader.Flag();
        td.DisablesPendingVe = reader.Flag();
        td.IsDebug = reader.Flag();
        td.Epoch = reader.UInt64();
        td.EvenReferences = checked((uint)reader.UInt64());
        td.OddReferences = checked((uint)reader.UInt64());
        td.Measurement = reader.UInt64();
        td.WriteBlockEpoch = reader.UInt64();
        td.MigratedCount = checked((uint)reader.UInt64());
        td.DirtyCount = checked((uint)reader.UInt64());
        td.MigrationEpoch = checked((uint)reader.UInt64());
        td.ExportCount = checked((uint)reader.UInt64());
        for (var left = reader.Count(); left > 0; left--)
        {
            td.VcpuList.Add(TdVcpu.Read(td, ref reader));
            td.AssociatedVcpus += td.VcpuList[^1].Processor is null ? 0 : 1;
        }

        td.Sept = reader.Flag() ? SecureEpt.Read(ref reader) : null;
        return td;
    }
}
