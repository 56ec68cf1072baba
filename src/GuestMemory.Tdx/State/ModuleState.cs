namespace GuestMemory.Tdx;

/// <summary>Everything a TDX module keeps. Its functions change it; nobody else.</summary>
public sealed class ModuleState : IStateful
{
    private readonly List<Td> _tds = [];

    internal ModuleState(TdxPlatform platform, FrameContents contents, RuleSwitches rules)
    {
        Platform = platform.Validated();
        Rules = rules;
        Pamt = new(platform.Tdmrs, platform.TdmrsInitialized);
        PamtPairs = new(platform, Pamt);
        Keys = new(platform);
        Memory = new(platform, contents);
        CacheWriteBacks = new CacheWriteBack[platform.Packages];
    }

    /// <summary>The platform.</summary>
    public TdxPlatform Platform { get; }

    /// <summary>Which rules are off.</summary>
    public RuleSwitches Rules { get; }

    /// <summary>The physical-address metadata table.</summary>
    public Pamt Pamt { get; }

    /// <summary>The page pairs of modules with Dynamic PAMT.</summary>
    public PamtPairs PamtPairs { get; }

    /// <summary>The key ownership table.</summary>
    public KeyTable Keys { get; }

    /// <summary>Memory behind the keys.</summary>
    public TdxMemory Memory { get; }

    /// <summary>Locks other processors hold.</summary>
    public HeldLocks Locks { get; } = new();

    /// <summary>Interrupts to come.</summary>
    public Interrupts Interrupts { get; } = new();

    /// <summary>Whether vCPUs remember translations.</summary>
    public bool CachesTranslations { get; internal set; }

    /// <summary>The TDs whose root page is there, by it.</summary>
    public IReadOnlyList<Td> Tds => _tds;

    internal CacheWriteBack[] CacheWriteBacks { get; }

    /// <summary>The TD of a root page.</summary>
    /// <param name="tdr">The page.</param>
    /// <returns>The TD; <see langword="null"/> when the page is no root page.</returns>
    public Td? FindTd(Pfn tdr)
    {
        var (low, high) = (0, _tds.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var order = _tds[middle].Tdr.Value.CompareTo(tdr.Value);
            if (order == 0)
            {
                return _tds[middle];
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    /// <summary>The vCPU of a root page.</summary>
    /// <param name="tdvpr">The page.</param>
    /// <returns>The vCPU; <see langword="null"/> when the page is no vCPU's root page.</returns>
    public TdVcpu? FindVcpu(Pfn tdvpr)
    {
        var entry = Pamt.LookUp(tdvpr, out _);
        if (entry.Type != PageType.Tdvpr || FindTd(entry.Owner) is not { } td)
        {
            return null;
        }

        foreach (var vcpu in td.VcpuList)
        {
            if (vcpu.Tdvpr == tdvpr)
            {
                return vcpu;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        Pamt.WriteState(ref writer);
        Keys.WriteState(ref writer);
        Locks.WriteState(ref writer);
        Interrupts.WriteState(ref writer);
        writer.Int32(_tds.Count);
        foreach (var td in _tds)
        {
            td.WriteState(ref writer);
        }

        foreach (var package in CacheWriteBacks)
        {
            package.WriteState(ref writer);
        }

        Memory.WriteState(ref writer);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        Pamt.ReadState(ref reader);
        PamtPairs.Find();
        Keys.ReadState(ref reader);
        Locks.ReadState(ref reader);
        Interrupts.ReadState(ref reader);
        _tds.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            _tds.Add(Td.Read(ref reader));
        }

        for (var package = 0; package < CacheWriteBacks.Length; package++)
        {
            CacheWriteBacks[package] = CacheWriteBack.Read(ref reader);
        }

        Memory.ReadState(ref reader);
    }

    internal void Add(Td td)
    {
        var at = _tds.FindIndex(other => td.Tdr < other.Tdr);
        _tds.Insert(at < 0 ? _tds.Count : at, td);
    }

    internal void Remove(Td td) => _tds.Remove(td);
}
