using Xunit;

namespace GuestMemory.Rmp.Tests.Firmware;

/// <summary>The scenarios' world with guests the firmware knows: contexts, firmware pages and metadata pages lie in a block of their own.</summary>
internal sealed class FirmwareWorld
{
    private const ulong Block = 0x3_0000;

    public static readonly Pfn ContextA = new(Block + 1);
    public static readonly Pfn ContextB = new(Block + 2);

    /// <summary>Of a guest in INIT.</summary>
    public static readonly Pfn ContextNew = new(Block + 3);

    /// <summary>Of a guest in LAUNCH without an ASID.</summary>
    public static readonly Pfn ContextIdle = new(Block + 4);

    public static readonly Pfn MetadataA = new(Block + 5);
    public static readonly Pfn MetadataB = new(Block + 6);

    /// <summary>A page of the firmware's.</summary>
    public static readonly Pfn Spare = new(Block + 7);

    public FirmwareWorld(SnpSwitches? switches = null, RuleSwitches? rules = null) => Snp = new(switches, rules);

    /// <summary>A world whose table lies where a test wants it.</summary>
    public FirmwareWorld(RuleSwitches rules, RmpCoverage coverage) => Snp = new(rules, coverage);

    public SnpWorld Snp { get; }

    public SnpPlatform Platform => Snp.Platform;

    public SnpFirmware Firmware => Snp.Platform.Firmware;

    public FrameContents Contents => Snp.Platform.Contents;

    /// <summary>Guests A (ASID 5) and B (ASID 6) in LAUNCH, each with a metadata page; one in INIT, one without an ASID, and a spare firmware page.</summary>
    public static FirmwareWorld WithGuests(SnpSwitches? switches = null, RuleSwitches? rules = null, ulong policy = 0)
    {
        var world = new FirmwareWorld(switches, rules);
        world.Start(ContextA, SnpWorld.A, policy);
        world.Start(ContextB, SnpWorld.B, policy);
        world.Start(ContextIdle, null, policy);
        world.Context(ContextNew);
        world.Metadata(ContextA, MetadataA);
        world.Metadata(ContextB, MetadataB);
        world.FirmwarePage(Spare);
        return world;
    }

    public static PhysicalPage Small(Pfn frame) => new(frame, PageSize.Size4K);

    public static PhysicalPage Large(Pfn frame) => new(frame, PageSize.Size2M);

    public static Spa Entry(Pfn page, ulong index = 0) => page.Address + (index * SwapMetadata.Bytes);

    public void FirmwarePage(Pfn frame) => Assert.True(Snp.ToFirmware(frame).IsSuccess);

    public void Context(Pfn frame)
    {
        FirmwarePage(frame);
        Ok(Firmware.GctxCreate(frame));
    }

    public void Start(Pfn context, Asid? asid, ulong policy = 0)
    {
        Context(context);
        Ok(Firmware.LaunchStart(context, policy));
        if (asid is { } number)
        {
            Ok(Firmware.Activate(context, number));
        }
    }

    public void Metadata(Pfn context, Pfn page)
    {
        FirmwarePage(page);
        Ok(Firmware.MetadataInit(context, page));
    }

    /// <summary>A Pre-Guest page of guest A's.</summary>
    public void PreGuest(Pfn frame, Gpa gpa, Asid? asid = null) => Assert.True(Snp.Assign(frame, gpa, immutable: true, asid).IsSuccess);

    /// <summary>A Pre-Swap page of guest A's that reads as a value.</summary>
    public void PreSwap(Pfn frame, Gpa gpa, ulong value = 7)
    {
        Snp.Give(frame, gpa);
        Assert.True(Snp.GuestWrite(gpa, frame, value).IsAllowed);
        PreGuest(frame, gpa);
        Assert.Equal(RmpPageState.PreSwap, Snp.StateOf(frame));
    }

    /// <summary>Guest A's page, wrapped: out of H[5] at G[5] into Y[9], the entry the first of A's metadata page.</summary>
    public SwapOperands SwappedOut()
    {
        PreSwap(SnpWorld.H(5), SnpWorld.G(5));
        FirmwarePage(SnpWorld.Y(9));
        var operands = Swap(SnpWorld.H(5), SnpWorld.Y(9));
        Ok(Firmware.SwapOut(operands));
        return operands;
    }

    public static SwapOperands Swap(Pfn from, Pfn to, SwapPageType type = SwapPageType.Data, Pfn? metadata = null, ulong index = 0) =>
        new(ContextA.Address, from.Address, to.Address, Entry(metadata ?? MetadataA, index), type);

    /// <summary>What SWAP_OUT's operands become on the way back.</summary>
    public static SwapOperands Back(SwapOperands swapped, Pfn to) => swapped with { Source = swapped.Destination, Destination = to.Address };

    public SnpGuestContext Guest(Pfn context)
    {
        Assert.True(Firmware.TryGetGuest(context, out var guest));
        return guest;
    }

    public SwapMetadata EntryOf(Pfn page, ulong index = 0) => SwapMetadata.Read(Contents, Entry(page, index));

    public static void Ok(FirmwareResult result) => Assert.Equal(default, result);

    /// <summary>The number answered; nothing of the state may change when it is not 0.</summary>
    public uint Code(Func<SnpFirmware, FirmwareResult> command)
    {
        var before = Snp.State();
        var result = command(Firmware);
        if (!result.IsSuccess)
        {
            Assert.Equal(before, Snp.State());
            Assert.NotNull(result.DecidedBy);
        }

        Assert.Equal(new Outcome(Lane.Status, (ulong)result.Status, 0, result.DecidedBy), result.ToOutcome());
        return (uint)result.Status;
    }
}
