using static GuestMemory.Rmp.SnpSceneWorld;

namespace GuestMemory.Rmp;

/// <summary>How scenes begin: by the same operations, each of which must go well.</summary>
internal static class SceneSetup
{
    public const ulong AllowsDebugging = 1UL << 19;

    private static readonly Pfn s_vmcb = Y(511);

    /// <summary>A vCPU of guest A's with its save area in a page.</summary>
    public static VmrunOperands RunOn(Pfn saveArea) => new(s_vmcb, A, IsSnpActive: true, saveArea);

    /// <summary>Guests A and B in launch, each with its context page, A with a metadata page, and a page of the firmware's.</summary>
    public static void Launch(SnpSceneWorld world, ulong policyA = 0, ulong policyB = 0)
    {
        Start(world, ContextA, A, policyA);
        Start(world, ContextB, B, policyB);
        Metadata(world, ContextA, MetadataA);
        FirmwarePage(world, Spare);
    }

    public static void Start(SnpSceneWorld world, Pfn context, Asid? asid, ulong policy = 0)
    {
        FirmwarePage(world, context);
        Ok(world.Firmware.GctxCreate(context));
        Ok(world.Firmware.LaunchStart(context, policy));
        if (asid is { } number)
        {
            Ok(world.Firmware.Activate(context, number));
        }
    }

    public static void FirmwarePage(SnpSceneWorld world, Pfn frame) => Ok(world.Platform.RmpUpdate(RmpUpdateOperands.ToFirmware(new(frame, PageSize.Size4K))));

    public static void Metadata(SnpSceneWorld world, Pfn context, Pfn page)
    {
        FirmwarePage(world, page);
        Ok(world.Firmware.MetadataInit(context, page));
    }

    public static void PreGuest(SnpSceneWorld world, Asid asid, Pfn frame, Gpa gpa) =>
        Ok(world.Platform.RmpUpdate(RmpUpdateOperands.Assign(new(frame, PageSize.Size4K), asid, gpa, immutable: true)));

    /// <summary>A page that a guest accepted and wrote.</summary>
    public static void Give(SnpSceneWorld world, Asid asid, Pfn frame, Gpa gpa)
    {
        Ok(world.Platform.RmpUpdate(RmpUpdateOperands.Assign(new(frame, PageSize.Size4K), asid, gpa)));
        Require(world.Platform.Pvalidate(CpuState.Guest(asid), new(gpa.Value, gpa, frame, PageSize.Size4K), isLarge: false, validate: true).IsChanged);
        Require(world.Platform.Write(RmpAccess.Private(asid, AccessKind.Write, gpa, frame), 0, 8, GuestMoves.Secret).IsAllowed);
        world.Accepted(asid, gpa.Frame);
    }

    /// <summary>The same on its way out.</summary>
    public static void PreSwap(SnpSceneWorld world, Asid asid, Pfn frame, Gpa gpa)
    {
        Give(world, asid, frame, gpa);
        PreGuest(world, asid, frame, gpa);
    }

    /// <summary>A save area of guest A's.</summary>
    public static void SaveArea(SnpSceneWorld world, Asid asid, Pfn frame, Gpa gpa)
    {
        Give(world, asid, frame, gpa);
        Ok(world.Platform.RmpAdjust(CpuState.Guest(asid), new(gpa.Value, gpa, frame, PageSize.Size4K), isLarge: false, 0x1_0001));
    }

    /// <summary>A vCPU of guest A's runs.</summary>
    public static void Run(SnpSceneWorld world, Pfn frame, Gpa gpa)
    {
        SaveArea(world, A, frame, gpa);
        Ok(world.Platform.RunVcpu(RunOn(frame)));
    }

    /// <summary>Guest A's page goes out of H[5] at G[5] into Y[9], its entry the first of A's metadata page.</summary>
    public static void SwapOut(SnpSceneWorld world)
    {
        PreSwap(world, A, H(5), G(5));
        FirmwarePage(world, Y(9));
        Ok(world.Firmware.SwapOut(Swap(H(5), Y(9))));
    }

    public static SwapOperands Swap(Pfn from, Pfn to, SwapPageType type = SwapPageType.Data, ulong index = 0) =>
        new(ContextA.Address, from.Address, to.Address, MetadataA.Address + (index * SwapMetadata.Bytes), type);

    /// <summary>What SWAP_OUT's operands become on the way back.</summary>
    public static SwapOperands Back(SwapOperands swapped, Pfn to) => swapped with { Source = swapped.Destination, Destination = to.Address };

    public static void Reclaim(SnpSceneWorld world, Pfn frame) => Ok(world.Firmware.PageReclaim(new PageOperands(frame.Address)));

    public static void Share(SnpSceneWorld world, Pfn frame) => Ok(world.Platform.RmpUpdate(RmpUpdateOperands.Share(new(frame, PageSize.Size4K))));

    public static void Ok(FirmwareResult result) => Require(result.IsSuccess);

    public static void Ok(InstructionResult result) => Require(result.IsSuccess);

    private static void Require(bool isDone)
    {
        if (!isDone)
        {
            throw new InvalidOperationException("A step of the scene's beginning was refused.");
        }
    }
}
