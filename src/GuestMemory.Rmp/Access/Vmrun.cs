namespace GuestMemory.Rmp;

/// <summary>VMRUN's checks of the pages it names, in order. Source: apm2, 15.36.12 and table 15-41.</summary>
public static class Vmrun
{
    /// <summary>The checks, in order.</summary>
    public static RuleTable<VmrunCall, RmpAnswer> Checks { get; } = new(
        new("VMRUN/vmcb", "apm2, 15.36.12", "running from a guest's page", IsControlBlockAssigned, RmpAnswer.GeneralProtection, CheckClass.Security),
        new("VMRUN/snp-off", "apm2, 15.36.12", "an SNP guest without SNP", IsSnpOff, RmpAnswer.InvalidVmexit, CheckClass.Integrity),
        new("VMRUN/hsave-fixed", "snp-abi, 8.8", "host state in a fixed page", IsHsaveFixed, RmpAnswer.InvalidVmexit, CheckClass.Integrity),
        new("VMRUN/avic", "apm2, 15.36.12", "interrupts written into a guest's page", IsAvicAssigned, RmpAnswer.InvalidVmexit, CheckClass.Security),
        new("VMRUN/vmsa-assigned", "apm2, 15.36.12", "plain guest state in an SNP guest's page", IsPlainSaveAreaAssigned, RmpAnswer.InvalidVmexit, CheckClass.Security),
        new("VMRUN/vmsa-covered", "apm2, 15.36.12", "guest state without an entry", IsSaveAreaUncovered, RmpAnswer.InvalidVmexit, CheckClass.Security),
        new("VMRUN/vmsa-guest-owned", "apm2, 15.36.12", "another guest's state", IsSaveAreaForeign, RmpAnswer.InvalidVmexit, CheckClass.Security),
        new("VMRUN/vmsa-reverse-map", "apm2, 15.36.12", "a save area bound elsewhere", IsSaveAreaElsewhere, RmpAnswer.InvalidVmexit, CheckClass.Security),
        new("VMRUN/vmsa-mutable", "apm2, 15.36.12", "a save area the firmware holds", IsSaveAreaImmutable, RmpAnswer.InvalidVmexit, CheckClass.Security),
        new("VMRUN/vmsa-bit", "apm2, 15.36.12", "guest data run as a save area", IsNoSaveArea, RmpAnswer.InvalidVmexit, CheckClass.Security));

    /// <summary>A page the processor is told to write: VM_HSAVE_PA and VMSAVE's target.</summary>
    public static Rule SavePage { get; } = new("VMRUN/save-page", "apm2, 15.36.12", "host state written into a guest's page", CheckClass.Security);

    private static bool IsControlBlockAssigned(ref VmrunCall call) => call.IsAssigned(call.Operands.Vmcb);

    private static bool IsSnpOff(ref VmrunCall call) => call.Operands.IsSnpActive && !call.IsOn;

    private static bool IsHsaveFixed(ref VmrunCall call) => call.IsOn && call.IsHsaveFixed;

    private static bool IsAvicAssigned(ref VmrunCall call) => call.IsAssigned(call.Operands.AvicBacking);

    private static bool IsPlainSaveAreaAssigned(ref VmrunCall call) => !call.Operands.IsSnpActive && call.IsAssigned(call.Operands.Vmsa);

    private static bool IsSaveAreaUncovered(ref VmrunCall call) => call.Operands.IsSnpActive && !call.IsVmsaCovered;

    private static bool IsSaveAreaForeign(ref VmrunCall call) => call.Operands.IsSnpActive && call.Vmsa.Asid != call.Operands.Asid;

    private static bool IsSaveAreaElsewhere(ref VmrunCall call) =>
        call.Operands.IsSnpActive && call.Switches.ChecksVmsaAddress && call.Vmsa.Gpa != call.Switches.VmsaGpa;

    private static bool IsSaveAreaImmutable(ref VmrunCall call) => call.Operands.IsSnpActive && call.Vmsa.Immutable;

    private static bool IsNoSaveArea(ref VmrunCall call) => call.Operands.IsSnpActive && !call.Vmsa.Vmsa;
}
