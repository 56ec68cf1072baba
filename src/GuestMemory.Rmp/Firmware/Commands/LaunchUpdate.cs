using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.LaunchUpdateOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_LAUNCH_UPDATE: a page of the launch is measured, encrypted in place and the guest's. Source: snp-abi, 8.17.</summary>
public static class LaunchUpdate
{
    private const string Command = "SNP_LAUNCH_UPDATE";
    private const string Source = "snp-abi, 8.17";

    private static Check<Call, SevStatus> Cpuid { get; } = new(
        $"{Command}/cpuid", Source, "a guest that believes in features the processor lacks", IsCpuidBad, SevStatus.InvalidParam, CheckClass.Integrity);

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        .. FirmwareChecks<LaunchUpdateOperands>.WithoutContext(Command, Source),
        FirmwareChecks<LaunchUpdateOperands>.ContextAddress(Command, Source),
        new($"{Command}/address", Source, "a launch page that is no page", IsAddressBad, SevStatus.InvalidAddress, CheckClass.Integrity),
        FirmwareChecks<LaunchUpdateOperands>.Context(Command, Source),
        new($"{Command}/guest-state", Source, "pages added after the measurement was closed", IsNotInLaunch, SevStatus.InvalidGuestState, CheckClass.Security),
        new($"{Command}/page-state", Source, "new bytes in a page the guest uses already", IsNotPreGuest, SevStatus.InvalidPageState, CheckClass.Security),
        FirmwareChecks<LaunchUpdateOperands>.Active(Command, Source),
        new($"{Command}/owner", Source, "another guest's page in a launch", IsOthers, SevStatus.InvalidPageOwner, CheckClass.Security),
        new($"{Command}/page-size", Source, "half a large page, or pages beyond a small one", IsWrongSize, SevStatus.InvalidPageSize, CheckClass.Security),
        new($"{Command}/migration-image", Source, "a migration agent's page in another guest's launch", IsWronglyImage, SevStatus.InvalidParam),
        new($"{Command}/vmpl", Source, "masks that no check would read", HasMasksWithoutLevels, SevStatus.InvalidParam),
        new($"{Command}/small-only", Source, "a save area, secrets or CPUID page of 2M", IsWronglyLarge, SevStatus.InvalidPageSize),
        Cpuid,
        new($"{Command}/type", "snp-model, unknown type of launch page", "a page nobody knows how to measure", IsTypeUnknown, SevStatus.InvalidParam),
    ]);

    /// <summary>A refused page of CPUID answers is put right in place: the host sees what the firmware would take.</summary>
    public static PartialEffect CorrectedCpuid { get; } = new(
        Command, "a page of CPUID answers is refused (0x16)", "the page's answers as the firmware would take them, in plain bytes; the page's state and the measurement stay", Source);

    internal static bool IsCpuidRefused(Rule? decidedBy) => decidedBy == Cpuid;

    internal static void Commit(in Call call)
    {
        var (operands, guest, entry) = (call.Operands, call.Guest, call.EntryAt(call.Operands.Page));
        var digest = guest.Digest;
        foreach (var frame in Each(operands.Frames))
        {
            Fill(call, frame);
            digest = LaunchMeasurement.Extend(digest, call.Contents, frame, entry.Gpa + ((frame - operands.Page.Frame) << 12), operands);
            call.Contents.Copy(frame, ContentKey.None, frame, call.MemoryKey);
        }

        call.SetGuest(guest with { Digest = digest });
        call.SetEntry(operands.Page, entry with
        {
            Validated = true,
            Immutable = false,
            Vmsa = operands.Type == LaunchPageType.Vmsa,
            Permissions = operands.Permissions(entry.Permissions),
        });
    }

    private static IEnumerable<Pfn> Each(PfnRange frames)
    {
        for (var frame = frames.Start; frame < frames.End; frame += 1)
        {
            yield return frame;
        }
    }

    private static void Fill(in Call call, Pfn frame)
    {
        if (call.Operands.Type == LaunchPageType.Zero)
        {
            call.Contents.Clear(new(frame, 1));
        }
        else if (call.Operands.Type == LaunchPageType.Secrets)
        {
            SecretsPage.Fill(call.Contents, frame, call.Guest.OfflineKey);
        }
    }

    private static bool IsAddressBad(ref Call call) => call.IsBad(call.Operands.Page, call.Operands.IsLarge);

    private static bool IsNotInLaunch(ref Call call) => call.Guest.State != SnpGuestState.Launch;

    private static bool IsNotPreGuest(ref Call call) => call.StateAt(call.Operands.Page) != RmpPageState.PreGuest;

    private static bool IsOthers(ref Call call) => call.EntryAt(call.Operands.Page).Asid != call.Guest.Asid;

    private static bool IsWrongSize(ref Call call) => !call.IsSize(call.Operands.Page, call.Operands.IsLarge);

    private static bool IsWronglyImage(ref Call call) => call.Operands.IsMigrationImage && !call.Guest.IsMigrationImage;

    private static bool HasMasksWithoutLevels(ref Call call) => call.Platform.Switches.ImplementedVmpls == 1 && call.Operands.Permissions(0) != 0;

    private static bool IsWronglyLarge(ref Call call) =>
        call.Operands.IsLarge && call.Operands.Type is LaunchPageType.Vmsa or LaunchPageType.Secrets or LaunchPageType.Cpuid;

    private static bool IsCpuidBad(ref Call call) =>
        call.Operands.Type == LaunchPageType.Cpuid && CpuidPage.IsBad(call.Contents, call.Operands.Page.Frame);

    private static bool IsTypeUnknown(ref Call call) => !Enum.IsDefined(call.Operands.Type);
}
