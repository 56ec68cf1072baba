using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.ShutdownOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_SHUTDOWN_EX: the firmware ends. What it did for the IOMMUs stays even when it cannot. Source: snp-abi, 8.15.</summary>
public static class ShutdownEx
{
    private const string Command = "SNP_SHUTDOWN_EX";
    private const string Source = "snp-abi, 8.15";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        FirmwareChecks<ShutdownOperands>.Reserved(Command),
        new($"{Command}/x86-alone", Source, "SNP off in the processors and on in the IOMMUs", IsX86Alone, SevStatus.InvalidParam),
        new($"{Command}/legacy", Source, "guests of older kinds left without their firmware", IsLegacyInitialised, SevStatus.InvalidPlatformState, CheckClass.Integrity),
    ]);

    /// <summary>The checks that come after the flags acted.</summary>
    public static RuleTable<Call, SevStatus> LateChecks { get; } = new(
    [
        new($"{Command}/already", Source, "a second shutdown's work", IsShutDown, SevStatus.Success, CheckClass.Integrity),
        new($"{Command}/asids", Source, "a guest left running without its firmware", IsAnyAsidUsed, SevStatus.DfFlushRequired, CheckClass.Security),
    ]);

    /// <summary>A shutdown with the IOMMUs' flag that ends for an ASID in use has already given their buffers back.</summary>
    public static PartialEffect LostIommuBuffers { get; } = new(
        Command, "the IOMMUs' flag is given and an ASID is in use or not flushed (0x0f)", "IOMMU buffers are Reclaim, the IOMMUs check no more, and the table must be built anew; with the processors' flag SNP is off", Source);

    internal static void Act(in Call call)
    {
        if (call.Operands.Iommu)
        {
            call.Firmware.ReleaseIommus();
            call.Platform.IsOn &= !call.Operands.X86;
        }
    }

    internal static void Commit(in Call call) => call.Firmware.ShutDown();

    private static bool IsX86Alone(ref Call call) => call.Operands is { X86: true, Iommu: false };

    private static bool IsLegacyInitialised(ref Call call) => call.Firmware.IsLegacyInitialised;

    private static bool IsShutDown(ref Call call) => call.Firmware.State == SnpPlatformState.Uninit;

    private static bool IsAnyAsidUsed(ref Call call) => call.Firmware.IsAnyAsidUsed;
}
