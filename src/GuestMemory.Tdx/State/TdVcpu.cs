namespace GuestMemory.Tdx;

/// <summary>What the module keeps of one vCPU: its root page (TDVPR) and its control pages (TDVPS).</summary>
/// <remarks>Changed by the module's functions only. Source: tdx-module, TDVPS.</remarks>
public sealed class TdVcpu
{
    /// <summary>Control pages it needs beside its root page.</summary>
    public const int FewestControlPages = 5;

    /// <summary>Control pages it can have; those beyond are for L2 VMs.</summary>
    public const int MostControlPages = 14;

    internal TdVcpu(Td td, Pfn tdvpr) => (Td, Tdvpr) = (td, tdvpr);

    /// <summary>Whose it is.</summary>
    public Td Td { get; }

    /// <summary>Its root page; names it.</summary>
    public Pfn Tdvpr { get; }

    /// <summary>Its control pages, in order.</summary>
    public IReadOnlyList<Pfn> ControlPages => ControlPageList;

    /// <summary>Whether VP.INIT was made.</summary>
    public bool IsInitialized { get; internal set; }

    /// <summary>The logical processor it is associated with; <see langword="null"/> for none.</summary>
    public int? Processor
    {
        get;
        internal set
        {
            // Who leaves a processor leaves no translation there: dissociation goes by a flush.
            if (field != value)
            {
                Translations.Flush();
            }

            field = value;
        }
    }

    /// <summary>The TD's epoch when it last entered; 0 before.</summary>
    public ulong Epoch
    {
        get;
        internal set
        {
            // An entry in another epoch than the last flushes.
            if (field != value)
            {
                Translations.Flush();
            }

            field = value;
        }
    }

    /// <summary>Whether it is inside the TD.</summary>
    public bool IsInside { get; internal set; }

    /// <summary>The private translations it remembers; none unless the module lets vCPUs remember.</summary>
    public VcpuTranslations Translations { get; } = new();

    /// <summary>Whether its last entry flushed the TD's translations from its logical processor.</summary>
    public bool FlushedAtEntry { get; internal set; }

    internal List<Pfn> ControlPageList { get; } = [];

    /// <summary>"vCPU pfn 0x40007 of TD pfn 0x40000".</summary>
    public override string ToString() => $"vCPU {Tdvpr} of {Td}";

    internal void WriteState(ref StateWriter writer)
    {
        writer.UInt64(Tdvpr.Value);
        writer.Int32(ControlPageList.Count);
        foreach (var page in ControlPageList)
        {
            writer.UInt64(page.Value);
        }

        writer.Flag(IsInitialized);
        writer.Int32(Processor ?? -1);
        writer.UInt64(Epoch);
        writer.Flag(IsInside);
        Translations.WriteState(ref writer);
        writer.Flag(FlushedAtEntry);
    }

    internal static TdVcpu Read(Td td, ref StateReader reader)
    {
        var vcpu = new TdVcpu(td, new(reader.UInt64()));
        for (var left = reader.Count(); left > 0; left--)
        {
            vcpu.ControlPageList.Add(new(reader.UInt64()));
        }

        vcpu.IsInitialized = reader.Flag();
        vcpu.Processor = reader.Int32() is var processor && processor >= 0 ? processor : null;
        vcpu.Epoch = reader.UInt64();
        vcpu.IsInside = reader.Flag();
        vcpu.Translations.ReadState(ref reader);
        vcpu.FlushedAtEntry = reader.Flag();
        return vcpu;
    }
}
