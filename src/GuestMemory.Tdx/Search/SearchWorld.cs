namespace GuestMemory.Tdx;

/// <summary>A small machine to search in: one TDMR, a few keys, and TDs built by the calls a host makes.</summary>
/// <remarks>Root and control pages of a guest follow each other in 256 KiB of its own; the pages guests and host compete for lie in 2M of their own.</remarks>
internal sealed class SearchWorld
{
    /// <summary>First byte of the module's memory.</summary>
    public const ulong FirstPage = 0x4000_0000;

    /// <summary>A page the module does not have.</summary>
    public const ulong Outside = 0x200_0000;

    /// <summary>A reserved page of the module's memory.</summary>
    public const ulong Reserved = 0x5000_0000;

    /// <summary>Where the host writes TD_PARAMS.</summary>
    public const ulong Parameters = 0x10_0000;

    /// <summary>Where the host keeps what it adds to TDs.</summary>
    public const ulong Source = 0x30_0000;

    /// <summary>The private key identifier of the first guest; the others' follow.</summary>
    public const ushort FirstHkid = 3;

    private const ulong PagesPerGuest = 0x40;
    private const ulong TablesFrom = 0x38;

    public SearchWorld(RuleSwitches rules, int packages = 1, TdxModuleVersion? version = null) => Module = new(
        new TdxPlatform(new Tdmr(new(FirstPage), 1UL << 30) { ReservedAreas = [new(new Spa(Reserved).Frame, 0x100)] })
        {
            HkidBits = 3,
            FirstPrivateHkid = new(2),
            ModuleHkid = new(2),
            Packages = packages,
            ProcessorsPerPackage = 8,
            CacheBlocks = 1,
            Version = version ?? Plain,
        },
        rules: rules)
    {
        CachesTranslations = true,
    };

    /// <summary>Module 1.5.01, but for whose a free page was: nobody asks, and states that differ in it alone would be two.</summary>
    public static TdxModuleVersion Plain { get; } = new("1.5.01, without stale owners") { KeepsStaleOwner = false };

    public TdxModule Module { get; }

    /// <summary>A guest's root page.</summary>
    public static ulong Tdr(int guest) => FirstPage + ((ulong)guest * PagesPerGuest << 12);

    /// <summary>A page of those behind a guest's root page.</summary>
    public static ulong Own(int guest, int page) => Tdr(guest) + ((ulong)page << 12);

    /// <summary>The root page of one of a guest's vCPUs.</summary>
    public static ulong Vcpu(int guest, int number) => Own(guest, 1 + Td.FewestControlPages + (number * (1 + TdVcpu.FewestControlPages)));

    /// <summary>One of the pages guests and host compete for.</summary>
    public static ulong Page(int number) => FirstPage + 0x40_0000 + ((ulong)number << 12);

    /// <summary>A free 2M page.</summary>
    public static ulong LargePage(int number) => FirstPage + 0x80_0000 + ((ulong)number << 21);

    /// <summary>The page of a guest's first table of a level; the table's entries are one level lower.</summary>
    public static ulong Table(int guest, SeptLevel level) => Own(guest, (int)TablesFrom + (int)level);

    public Td TdOf(int guest) => Module.FindTd(new Spa(Tdr(guest)).Frame) ?? throw new InvalidOperationException($"There is no guest {guest}.");

    /// <summary>A call that goes through.</summary>
    public void Expect(TdxFunction function, in TdxRegisters registers, int processor = 0)
    {
        if (Module.Seamcall(function, registers, processor: processor) is { IsSuccess: false } refused)
        {
            throw new InvalidOperationException($"{function} of {registers}: {refused}");
        }
    }

    /// <summary>CREATE, KEY.CONFIG on every package, control pages.</summary>
    public void CreateTd(int guest, int controlPages = Td.FewestControlPages)
    {
        Expect(TdxFunction.MngCreate, new(Tdr(guest), FirstHkid + (ulong)guest));
        for (var package = 0; package < Module.Platform.Packages; package++)
        {
            Expect(TdxFunction.MngKeyConfig, new(Tdr(guest)), package * Module.Platform.ProcessorsPerPackage);
        }

        for (var page = 1; page <= controlPages; page++)
        {
            Expect(TdxFunction.MngAddcx, new(Own(guest, page), Tdr(guest)));
        }
    }

    /// <summary>A TD being built: initialised, vCPUs, tables for guest addresses 0 to 2 MiB.</summary>
    /// <param name="guest">Which.</param>
    /// <param name="processors">A processor for each vCPU.</param>
    /// <param name="parameters">Its parameters; <see langword="null"/> for an ordinary TD.</param>
    public void BuildTd(int guest, ReadOnlySpan<int> processors, TdParameters? parameters = null)
    {
        CreateTd(guest);
        WriteParameters(parameters ?? new());
        Expect(TdxFunction.MngInit, new(Tdr(guest), Parameters));
        ClearParameters();
        for (var vcpu = 0; vcpu < processors.Length; vcpu++)
        {
            AddVcpu(guest, vcpu);
            Expect(TdxFunction.VpInit, new(Vcpu(guest, vcpu)), processors[vcpu]);
        }

        for (var level = SeptLevel.Pml4; level >= SeptLevel.Pd; level--)
        {
            Expect(TdxFunction.MemSeptAdd, new((ulong)level, Tdr(guest), Table(guest, level)));
        }
    }

    /// <summary>The same, finalized.</summary>
    public void RunTd(int guest, ReadOnlySpan<int> processors, TdParameters? parameters = null)
    {
        BuildTd(guest, processors, parameters);
        Expect(TdxFunction.MrFinalize, new(Tdr(guest)));
    }

    /// <summary>A vCPU without VP.INIT.</summary>
    public void AddVcpu(int guest, int number, int controlPages = TdVcpu.FewestControlPages)
    {
        var root = Vcpu(guest, number);
        Expect(TdxFunction.VpCreate, new(root, Tdr(guest)));
        for (var page = 1UL; page <= (ulong)controlPages; page++)
        {
            Expect(TdxFunction.VpAddcx, new(root + (page << 12), root));
        }
    }

    /// <summary>AUG, and ACCEPT by a vCPU that is inside.</summary>
    public void GiveAccepted(int guest, ulong gpaAndLevel, ulong page, ulong vcpu)
    {
        Expect(TdxFunction.MemPageAug, new(gpaAndLevel, Tdr(guest), page));
        if (Module.Tdcall(TdxFunction.GuestPageAccept, new Spa(vcpu).Frame, new(gpaAndLevel)) is { Status.IsSuccess: false } or { Event: not GuestEvent.Status })
        {
            throw new InvalidOperationException($"A guest could not accept 0x{gpaAndLevel:x}.");
        }
    }

    /// <summary>Ends a TD as far as its key: vCPUs flushed, VPFLUSHDONE.</summary>
    public void BlockTd(int guest)
    {
        foreach (var vcpu in TdOf(guest).Vcpus)
        {
            if (vcpu.Processor is { } processor)
            {
                Expect(TdxFunction.VpFlush, new(vcpu.Tdvpr.Address.Value), processor);
            }
        }

        Expect(TdxFunction.MngVpFlushDone, new(Tdr(guest)));
    }

    /// <summary>Takes the key of a TD that is blocked.</summary>
    public void FreeKey(int guest)
    {
        for (var package = 0; package < Module.Platform.Packages; package++)
        {
            Expect(TdxFunction.PhymemCacheWb, default, package * Module.Platform.ProcessorsPerPackage);
        }

        Expect(TdxFunction.MngKeyFreeid, new(Tdr(guest)));
    }

    /// <summary>TD_PARAMS in the host's memory.</summary>
    public void WriteParameters(TdParameters parameters) => parameters.WriteTo(Module.Memory.Contents, new(Parameters));

    private void ClearParameters() => Module.Memory.Contents.Clear(new(new Spa(Parameters).Frame, 1));
}
