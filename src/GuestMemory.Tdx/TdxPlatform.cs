namespace GuestMemory.Tdx;

/// <summary>A platform with a TDX module: memory, key identifiers, packages, and the module's version. Validated when a module is made on it.</summary>
public sealed record TdxPlatform
{
    /// <summary>Most bits a physical address can have.</summary>
    public const int MostAddressBits = 52;

    /// <summary>Most private key identifiers a platform can have.</summary>
    public const int MostPrivateHkids = 64;

    /// <summary>A platform with memory of its own choosing and everything else as the recorded one.</summary>
    /// <param name="tdmrs">The module's memory.</param>
    public TdxPlatform(params IReadOnlyList<Tdmr> tdmrs)
    {
        ArgumentNullException.ThrowIfNull(tdmrs);
        Tdmrs = tdmrs;
    }

    /// <summary>The module's memory, ascending.</summary>
    public IReadOnlyList<Tdmr> Tdmrs { get; init; }

    /// <summary>Whether the blocks of every TDMR are initialised from the start. Default: yes; otherwise by <see cref="Pamt.Initialize"/>.</summary>
    public bool TdmrsInitialized { get; init; } = true;

    /// <summary>Bits of a physical address, key identifier included. Default 52.</summary>
    public int AddressBits { get; init; } = MostAddressBits;

    /// <summary>How many of them, the highest, are the key identifier. Default 6.</summary>
    public int HkidBits { get; init; } = 6;

    /// <summary>First private key identifier; those below are the host's own. Default 32.</summary>
    public Hkid FirstPrivateHkid { get; init; } = new(32);

    /// <summary>The private key identifier the module keeps for itself. Default 32.</summary>
    public Hkid ModuleHkid { get; init; } = new(32);

    /// <summary>Packages (sockets), each with keys and caches of its own; 1 to 32. Default 1.</summary>
    public int Packages { get; init; } = 1;

    /// <summary>Logical processors of a package; they are numbered package by package. Default 64.</summary>
    public int ProcessorsPerPackage { get; init; } = 64;

    /// <summary>vCPUs a TD may have. Default 8.</summary>
    public int MostVcpus { get; init; } = 8;

    /// <summary>The range no page may come from (SEAMRR). Default: 64 MiB at 0x300000000.</summary>
    public PfnRange SeamRange { get; init; } = new(new(0x30_0000), 0x4000);

    /// <summary>Pieces in which CACHE.WB writes a package's caches back; between two it looks for an interrupt. Default 4.</summary>
    public int CacheBlocks { get; init; } = 4;

    /// <summary>The module's version. Default 1.5.01.</summary>
    public TdxModuleVersion Version { get; init; } = TdxModuleVersion.V1Dot5Dot01;

    /// <summary>How memory keeps private bytes apart. Default: by key and ownership bit.</summary>
    public MemoryIntegrity Integrity { get; init; } = MemoryIntegrity.Logical;

    /// <summary>What no source settles about memory and accesses.</summary>
    public MemorySwitches Switches { get; init; } = new();

    /// <summary>Lowest bit of the key identifier in a physical address.</summary>
    public int HkidShift => AddressBits - HkidBits;

    /// <summary>Last private key identifier.</summary>
    public Hkid LastPrivateHkid => new((ushort)((1 << HkidBits) - 1));

    /// <summary>Whether a number is that of a private key.</summary>
    /// <param name="hkid">The number.</param>
    public bool IsPrivate(ulong hkid) => hkid >= FirstPrivateHkid.Value && hkid <= LastPrivateHkid.Value;

    /// <summary>The package of a logical processor.</summary>
    /// <param name="processor">Its number.</param>
    /// <exception cref="ArgumentOutOfRangeException">The platform has no such processor.</exception>
    public int PackageOf(int processor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(processor);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(processor, Packages * ProcessorsPerPackage);
        return processor / ProcessorsPerPackage;
    }

    internal TdxPlatform Validated()
    {
        Refuse(AddressBits is < 36 or > MostAddressBits, $"{nameof(AddressBits)} is {AddressBits}; it must be 36 to {MostAddressBits}.");
        Refuse(HkidBits is < 1 or > 15 || HkidShift < 32, $"{nameof(HkidBits)} is {HkidBits}; it must be 1 to 15, and leave at least 32 bits of address.");
        Refuse(!IsPrivate(FirstPrivateHkid.Value) || FirstPrivateHkid.Value == 0, $"{nameof(FirstPrivateHkid)} is {FirstPrivateHkid}; it must be 1 to {LastPrivateHkid.Value}.");
        Refuse(!IsPrivate(ModuleHkid.Value), $"{nameof(ModuleHkid)} is {ModuleHkid}; the private ones are {FirstPrivateHkid.Value} to {LastPrivateHkid.Value}.");
        Refuse(LastPrivateHkid.Value - FirstPrivateHkid.Value >= MostPrivateHkids, $"{nameof(FirstPrivateHkid)} is {FirstPrivateHkid}; that makes more than {MostPrivateHkids} private ones.");
        Refuse(Packages is < 1 or > 32, $"{nameof(Packages)} is {Packages}; it must be 1 to 32.");
        Refuse(ProcessorsPerPackage < 1, $"{nameof(ProcessorsPerPackage)} is {ProcessorsPerPackage}; it must be at least 1.");
        Refuse(MostVcpus < 1, $"{nameof(MostVcpus)} is {MostVcpus}; it must be at least 1.");
        Refuse(CacheBlocks < 1, $"{nameof(CacheBlocks)} is {CacheBlocks}; it must be at least 1.");
        Refuse(!Enum.IsDefined(Integrity), $"{nameof(Integrity)} is {Integrity}, which is no such mode.");
        foreach (var tdmr in Tdmrs)
        {
            Refuse(tdmr.Start.Value + tdmr.Size > 1UL << HkidShift, $"{tdmr} ends beyond the {HkidShift} bits of address.");
        }

        return this;
    }

    private static void Refuse(bool refused, string message)
    {
        if (refused)
        {
            throw new ArgumentException(message);
        }
    }
}
