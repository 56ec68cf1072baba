namespace GuestMemory.Tdx;

/// <summary>The checks KVM makes of its TDX commands before it asks the module, in order. Source: linux-kvm-tdx, KVM's commands.</summary>
public static class TdxCommandChecks
{
    private const string Source = "linux-kvm-tdx, a TD's commands";

    // DEBUG and SEPT_VE_DISABLE are the attributes memory depends on; others are not taken.
    private const ulong KnownAttributes = 1 | (1UL << 28);
    private const ulong MeasureFlag = 1;

    /// <summary>The checks of every command.</summary>
    public static RuleTable<TdxCommandCall, Errno> Any { get; } = new(
        new("KVM_TDX/unknown", Source, "a command nobody knows", IsUnknown, Errno.EINVAL),
        new Check<TdxCommandCall, Errno>("KVM_TDX/arguments", Source, "reading beyond the argument", IsShort, Errno.EFAULT));

    /// <summary>The checks of INIT_VM.</summary>
    public static RuleTable<TdxCommandCall, Errno> InitVm { get; } = new(
        new("KVM_TDX_INIT_VM/once", Source, "two TDs for one VM", IsThere, Errno.EINVAL, CheckClass.Integrity),
        new("KVM_TDX_INIT_VM/flags", Source, "flags nobody defined", HasFlags, Errno.EINVAL),
        new("KVM_TDX_INIT_VM/attributes", Source, "attributes nobody defined", HasUnknownAttributes, Errno.EINVAL),
        new("KVM_TDX_INIT_VM/width", Source, "guest addresses of a width no TD has", IsWidthWrong, Errno.EINVAL));

    /// <summary>The checks of INIT_VCPU.</summary>
    public static RuleTable<TdxCommandCall, Errno> InitVcpu { get; } = new(
        new("KVM_TDX_INIT_VCPU/order", Source, "a vCPU of a TD that is not there or runs", IsNotBuilding, Errno.EINVAL, CheckClass.Integrity),
        new Check<TdxCommandCall, Errno>("KVM_TDX_INIT_VCPU/flags", Source, "flags nobody defined", HasFlags, Errno.EINVAL),
        new Check<TdxCommandCall, Errno>("KVM_TDX_INIT_VCPU/once", Source, "two states for one vCPU", HasVcpu, Errno.EINVAL, CheckClass.Integrity));

    /// <summary>The checks of INIT_MEM_REGION.</summary>
    public static RuleTable<TdxCommandCall, Errno> InitMemRegion { get; } = new(
        new("KVM_TDX_INIT_MEM_REGION/order", Source, "launch data outside a launch", IsNotReadyForPages, Errno.EINVAL, CheckClass.Integrity),
        new("KVM_TDX_INIT_MEM_REGION/flags", Source, "flags nobody defined", HasUnknownRegionFlags, Errno.EINVAL),
        new("KVM_TDX_INIT_MEM_REGION/region", Source, "a region that is no whole private pages", IsRegionWrong, Errno.EINVAL));

    /// <summary>The checks of FINALIZE_VM.</summary>
    public static RuleTable<TdxCommandCall, Errno> FinalizeVm { get; } = new(
        new Check<TdxCommandCall, Errno>("KVM_TDX_FINALIZE_VM/order", Source, "finishing what is not begun, or twice", IsNotBuilding, Errno.EINVAL, CheckClass.Integrity));

    /// <summary>The checks of TERMINATE_VM.</summary>
    public static RuleTable<TdxCommandCall, Errno> TerminateVm { get; } = new(
        new Check<TdxCommandCall, Errno>("KVM_TDX_TERMINATE_VM/order", Source, "ending what is not there", IsNotThere, Errno.EINVAL, CheckClass.Integrity));

    /// <summary>All tables, in the commands' order.</summary>
    public static IReadOnlyList<RuleTable<TdxCommandCall, Errno>> All { get; } = [Any, InitVm, InitVcpu, InitMemRegion, FinalizeVm, TerminateVm];

    internal static RuleTable<TdxCommandCall, Errno> For(TdxCommand command) => command switch
    {
        TdxCommand.InitVm => InitVm,
        TdxCommand.InitVcpu => InitVcpu,
        TdxCommand.InitMemRegion => InitMemRegion,
        TdxCommand.FinalizeVm => FinalizeVm,
        _ => TerminateVm,
    };

    private static bool IsUnknown(ref TdxCommandCall call) => !Enum.IsDefined((TdxCommand)call.Command);

    private static bool IsShort(ref TdxCommandCall call) => call.Data.Length < TdxCommandCall.ArgumentBytes;

    private static bool IsThere(ref TdxCommandCall call) => call.Hosted is not null;

    private static bool IsNotThere(ref TdxCommandCall call) => call.Hosted is null;

    private static bool HasFlags(ref TdxCommandCall call) => call.Flags != 0;

    private static bool HasUnknownAttributes(ref TdxCommandCall call) => (call.Attributes & ~KnownAttributes) != 0;

    private static bool IsWidthWrong(ref TdxCommandCall call) => call.AddressBits is not (48 or 52);

    private static bool IsNotBuilding(ref TdxCommandCall call) => call.Hosted is not { IsReleased: false } || call.Td is not { OpState: TdxOpState.Initialized };

    private static bool HasVcpu(ref TdxCommandCall call) => call.Hosted is { Vcpus.Count: > 0 };

    private static bool IsNotReadyForPages(ref TdxCommandCall call) => IsNotBuilding(ref call) || call.Hosted is not { Vcpus.Count: > 0 };

    private static bool HasUnknownRegionFlags(ref TdxCommandCall call) => (call.Flags & ~MeasureFlag) != 0;

    private static bool IsRegionWrong(ref TdxCommandCall call) =>
        call.Source % 4096 != 0 || call.Gpa % 4096 != 0 || call.Pages == 0 || !call.IsPrivateRegion;
}
