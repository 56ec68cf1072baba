using System.Runtime.CompilerServices;

namespace GuestMemory.Rmp;

/// <summary>The checks each access goes through, in the manual's order. Source: apm2, 15.36.10 and table 15-39.</summary>
/// <remarks>They come after the ordinary checks of every page table on the way.</remarks>
public static class AccessRules
{
    private static readonly RmpAnswer s_hostFault = new(default, RmpFaultKind.PageFault, FaultBits.Rmp);
    private static readonly RmpAnswer s_guestFault = RmpAnswer.RmpFaulted(0);
    private static readonly RmpAnswer s_deviceFault = new(default, RmpFaultKind.IommuEvent, FaultBits.IommuRmpEvent);

    /// <summary>Writes and page-table accesses of the host.</summary>
    public static RuleTable<RmpAccessCall, RmpAnswer> HostWrite { get; } = new(
        new("ACCESS/host/changing", "apm2, 15.36.10", "an access beside a change of the entry", IsChanging, s_hostFault, CheckClass.Integrity),
        new("ACCESS/host/erratum", "linux-kvm-sev, the 2M-aligned VMSA work-around", "nothing: a processor's error", IsErratum, s_hostFault, CheckClass.Integrity),
        new("ACCESS/host/hypervisor-owned", "apm2, 15.36.10", "the host writing to a guest's page", IsNotHypervisorOwned, s_hostFault, CheckClass.Security));

    /// <summary>Writes and page-table accesses of a guest without SNP.</summary>
    public static RuleTable<RmpAccessCall, RmpAnswer> GuestWrite { get; } = new(
        new("ACCESS/guest/changing", "apm2, 15.36.10", "an access beside a change of the entry", IsChanging, s_guestFault, CheckClass.Integrity),
        new("ACCESS/guest/hypervisor-owned", "apm2, 15.36.10", "a guest writing to an SNP guest's page", IsNotHypervisorOwned, s_guestFault, CheckClass.Security));

    /// <summary>Data writes of an SNP guest with C-bit 0.</summary>
    public static RuleTable<RmpAccessCall, RmpAnswer> SharedWrite { get; } = new(
        new("ACCESS/shared/changing", "apm2, 15.36.10", "an access beside a change of the entry", IsChanging, s_guestFault, CheckClass.Integrity),
        new("ACCESS/shared/hypervisor-owned", "apm2, 15.36.10", "a guest writing plain bytes into a guest's page", IsNotHypervisorOwned, s_guestFault, CheckClass.Security));

    /// <summary>Data accesses of an SNP guest with C-bit 1, its fetches and the walks of its page tables.</summary>
    public static RuleTable<RmpAccessCall, RmpAnswer> Private { get; } = new(
        new("ACCESS/private/changing", "apm2, 15.36.10", "an access beside a change of the entry", IsChanging, s_guestFault, CheckClass.Integrity),
        new("ACCESS/private/covered", "apm2, 15.36.10", "private data in a page without entry", IsUncovered, s_guestFault, CheckClass.Security),
        new("ACCESS/private/guest-owned", "apm2, 15.36.10", "another guest's page, or nobody's", IsForeign, s_guestFault, CheckClass.Security),
        new("ACCESS/private/reverse-map", "apm2, 15.36.10", "a page at two guest addresses", IsElsewhere, s_guestFault, CheckClass.Security),
        new("ACCESS/private/mutable", "apm2, 15.36.10", "use of a page the firmware holds", IsImmutable, s_guestFault, CheckClass.Security),
        new("ACCESS/private/page-size", "apm2, 15.36.10", "a mapping that reaches other pages", IsOtherSize, s_guestFault, CheckClass.Security),
        new("ACCESS/private/validated", "apm2, 15.36.10", "a page the guest did not accept", IsNotValidated, RmpAnswer.NotValidated, CheckClass.Security),
        new("ACCESS/private/vmpl", "apm2, 15.36.7 and 15.36.10", "a level beyond its rights", IsForbidden, RmpAnswer.RmpFaulted(FaultBits.Vmpl), CheckClass.Security));

    /// <summary>Writes of a device.</summary>
    public static RuleTable<RmpAccessCall, RmpAnswer> DeviceWrite { get; } = new(
        new Check<RmpAccessCall, RmpAnswer>("ACCESS/device/hypervisor-owned", "snp-white-paper, page 9", "a device writing to a guest's page", IsNotHypervisorOwned, s_deviceFault, CheckClass.Security));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Rule> All { get; } = [.. HostWrite.Checks, .. GuestWrite.Checks, .. SharedWrite.Checks, .. Private.Checks, .. DeviceWrite.Checks];

    // Reads of the host and of plain guests, and shared reads of SNP guests, are not checked.
    internal static RuleTable<RmpAccessCall, RmpAnswer>? For(in RmpAccess access, SnpSwitches switches)
    {
        if (access.IsPrivate)
        {
            return Private;
        }

        if (!access.IsWrite && access.Part == RmpAccessPart.Data)
        {
            return null;
        }

        return access.Accessor switch
        {
            RmpAccessor.Host => HostWrite,
            RmpAccessor.Guest => GuestWrite,
            RmpAccessor.SnpGuest => SharedWrite,
            _ => switches.ChecksDeviceWrites ? DeviceWrite : null,
        };
    }

    private static bool IsChanging(ref RmpAccessCall call) => call.IsChanging;

    private static bool IsErratum(ref RmpAccessCall call) => call.Switches.LargeMappingErratum && call.Access.IsLargeMapping && call.IsHeadInUse;

    private static bool IsNotHypervisorOwned(ref RmpAccessCall call) => call.IsAnyAssigned;

    private static bool IsUncovered(ref RmpAccessCall call) => !call.IsCovered;

    private static bool IsForeign(ref RmpAccessCall call) => call.Entry.Asid != call.Access.Asid;

    private static bool IsElsewhere(ref RmpAccessCall call) => call.Entry.Gpa.Frame != call.Access.Gpa.Frame;

    private static bool IsImmutable(ref RmpAccessCall call) => call.Entry.Immutable;

    private static bool IsOtherSize(ref RmpAccessCall call) => (call.Access.MappingSize == PageSize.Size4K) != (call.Entry.Size == PageSize.Size4K);

    private static bool IsNotValidated(ref RmpAccessCall call) => !call.Entry.Validated;

    private static bool IsForbidden(ref RmpAccessCall call) => !Allows(call.Entry.PermissionsOf(call.Access.Vmpl), call.Access);

    // Write without read admits no data access at all (apm2, 15.36.7).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Allows(VmplPermissions mask, in RmpAccess access)
    {
        if (access.Kind == AccessKind.Execute && access.Part == RmpAccessPart.Data)
        {
            return (mask & (access.IsSupervisor ? VmplPermissions.ExecuteSupervisor : VmplPermissions.ExecuteUser)) != 0;
        }

        var needed = access.IsWrite ? VmplPermissions.Read | VmplPermissions.Write : VmplPermissions.Read;
        return (mask & needed) == needed;
    }
}
