namespace GuestMemory.Rmp;

/// <summary>A platform with SEV-SNP: the table, the processor's instructions and checks on it, memory under its keys, and the firmware.</summary>
/// <remarks>
/// Everything answers from rules: a refused operation says which. Frames are named directly; whose page tables lead there is the
/// caller's. Not thread-safe: what processors do at once is put in order by the caller, and what one holds meanwhile is <see cref="Holds"/>.
/// </remarks>
public sealed partial class SnpPlatform : IStateful, IFirmwarePlatform
{
    private Pfn? _hsave;

    /// <summary>Creates a platform: SNP is on, the table built and the firmware initialised.</summary>
    /// <param name="coverage">Which frames have an entry; the table's own pages become the firmware's.</param>
    /// <param name="contents">The memory's bytes; <see langword="null"/> for a memory of its own.</param>
    /// <param name="switches">The open points; <see langword="null"/> for the defaults.</param>
    /// <param name="rules">Which rules are off; <see langword="null"/> for none.</param>
    public SnpPlatform(RmpCoverage coverage, FrameContents? contents = null, SnpSwitches? switches = null, RuleSwitches? rules = null)
    {
        Table = new(coverage);
        Contents = contents ?? new();
        Switches = (switches ?? SnpSwitches.Default).Validated();
        Rules = rules ?? RuleSwitches.AllOn;
        Firmware = new(this);
        Firmware.Boot();
    }

    /// <summary>The Reverse Map Table.</summary>
    public ReverseMapTable Table { get; }

    /// <summary>What other processors hold.</summary>
    public EntryHolds Holds { get; } = new();

    /// <summary>The memory's bytes, as they lie there: private ones are ciphertext.</summary>
    public FrameContents Contents { get; }

    /// <summary>The memory controller's keys.</summary>
    public EncryptionKeys Keys { get; } = new();

    /// <summary>The open points.</summary>
    public SnpSwitches Switches { get; }

    /// <summary>Which rules are off.</summary>
    public RuleSwitches Rules { get; }

    /// <summary>The firmware.</summary>
    public SnpFirmware Firmware { get; }

    /// <summary>Whether SEV-SNP is on: without it no access is checked and no RMP instruction runs.</summary>
    public bool IsOn { get; set; } = true;

    /// <summary>Hears of every operation; <see langword="null"/> for nobody.</summary>
    public ISnpObserver? Observer { get; set; }

    /// <summary>Decides what fails; <see langword="null"/>: nothing does. RMPUPDATE and PSMASH can meet an entry that another processor changes, and commands can fail.</summary>
    public IFaultInjector? Injector
    {
        get => Firmware.Injector;
        set => Firmware.Injector = value;
    }

    /// <summary>Called with frames whose translations and cached checks end in every processor: RMPUPDATE and PSMASH do that, PVALIDATE and RMPADJUST do not.</summary>
    public Action<PfnRange>? TranslationsInvalidated { get; set; }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Flag(IsOn);
        writer.Flag(_hsave is not null);
        writer.UInt64(_hsave?.Value ?? 0);
        Table.WriteState(ref writer);
        Holds.WriteState(ref writer);
        Keys.WriteState(ref writer);
        Firmware.WriteState(ref writer);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        IsOn = reader.Flag();
        var hasHsave = reader.Flag();
        var hsave = reader.UInt64();
        _hsave = hasHsave ? new Pfn(hsave) : null;
        Table.ReadState(ref reader);
        Holds.ReadState(ref reader);
        Keys.ReadState(ref reader);
        Firmware.ReadState(ref reader);
    }

    void IFirmwarePlatform.InvalidateTranslations(PfnRange frames) => TranslationsInvalidated?.Invoke(frames);

    void IFirmwarePlatform.Emit(in SnpOperation operation) => Emit(operation);

    internal void Emit(in SnpOperation operation) => Observer?.OnOperation(this, operation);
}
