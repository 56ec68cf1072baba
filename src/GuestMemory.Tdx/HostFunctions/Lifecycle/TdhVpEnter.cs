namespace GuestMemory.Tdx;

/// <summary>TDH.VP.ENTER: a vCPU begins to run on the logical processor that calls. Source: tdx-module, tdh_vp_enter.c.</summary>
/// <remarks>Registers, events and the stepping filter are not modelled (MB-62). How it leaves: <see cref="TdxModule.Exit"/>.</remarks>
internal static class TdhVpEnter
{
    private const string Name = "TDH.VP.ENTER";
    private const string Source = "tdx-module, tdh_vp_enter.c";
    private const ulong HostRecoverability = 1UL << 52;
    private const ulong ResumeL1 = 1UL << 53;
    private const ulong ReservedBits = 0xffc0_0000_0000_0fff;

    /// <summary>The function. RCX vCPU and flags.</summary>
    /// <remarks>The vCPU is associated before the last checks, and stays so when one of them refuses.</remarks>
    public static HostFunction Function { get; } = new(TdxFunction.VpEnter, Name, Commit,
    [
        TdChecks.Version(Name),
        new(Name + "/flags", Source, "flags there are not", HasReserved, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx)),
        .. VcpuChecks.Operand(Name),
        .. TdChecks.Alive(Name),
        .. TdChecks.OpState(Name, CheckClass.Security),
        VcpuChecks.ControlPages(Name),
        new(Name + "/vcpu-state", "tdx-module, check_and_associate_vcpu", "a vCPU that runs before it was initialised", IsNotReady, TdxAnswer.Of(TdxStatusCode.VcpuStateIncorrect), CheckClass.Integrity),
        new(Name + "/associated", "tdx-module, associate_vcpu", "translations left behind on another processor", IsElsewhere, TdxAnswer.Of(TdxStatusCode.VcpuAssociated), CheckClass.Security),
        new(Name + "/hint", Source, "an answer to an exit there was not", HasHint, Begun(TdxStatusCode.OperandInvalid, TdxOperand.Rcx)),
        new(Name + "/resume-l1", Source, "a return from an L2 VM there is not", ResumesL1, Begun(TdxStatusCode.OperandInvalid, TdxOperand.Rcx)),
        new(Name + "/epoch-busy", "tdx-module, adjust_tlb_tracking_state", "an epoch that changes under the count", IsEpochBusy, Begun(TdxStatusCode.OperandBusy, TdxOperand.TdEpoch), CheckClass.Integrity),
    ])
    {
        VcpuExclusive = false,
        FlagBits = HostRecoverability | ResumeL1,
        Begin = Associate,
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Vcpu is not { } vcpu)
        {
            return;
        }

        Associate(ref call);
        var td = vcpu.Td;
        td.AddReference(td.Epoch, 1);
        vcpu.FlushedAtEntry = vcpu.Epoch != td.Epoch && !call.IsNewAssociation;
        vcpu.Epoch = td.Epoch;
        vcpu.IsInside = true;
    }

    private static void Associate(ref HostCall call)
    {
        if (call.Vcpu is not { } vcpu)
        {
            return;
        }

        call.IsNewAssociation = vcpu.Processor is null;
        vcpu.Td.AssociatedVcpus += call.IsNewAssociation ? 1 : 0;
        vcpu.Processor = call.Processor;
    }

    private static TdxAnswer Begun(TdxStatusCode code, TdxOperand operand) => TdxAnswer.Of(code, operand) with { Residue = AnswerResidue.Begun };

    private static bool HasReserved(ref HostCall call) => (call.Registers.Rcx & ReservedBits) != 0;

    private static bool IsNotReady(ref HostCall call) => call.Vcpu is { IsInitialized: false };

    // A processor that runs a vCPU makes no calls: who asks for one that is inside is another.
    private static bool IsElsewhere(ref HostCall call) =>
        call.Vcpu is { } vcpu && (vcpu.IsInside || (vcpu.Processor is { } processor && processor != call.Processor));

    private static bool HasHint(ref HostCall call) => (call.Registers.Rcx & HostRecoverability) != 0;

    private static bool ResumesL1(ref HostCall call) => (call.Registers.Rcx & ResumeL1) != 0;

    private static bool IsEpochBusy(ref HostCall call) => call.Td is { } td && call.State.Locks.IsBusy(HeldLock.Epoch(td.Tdr), exclusive: false);
}
