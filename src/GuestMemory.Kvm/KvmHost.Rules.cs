namespace GuestMemory.Kvm;

/// <content>The rules outside a table, each kept beside the call it belongs to.</content>
public sealed partial class KvmHost
{
    /// <summary>All of them.</summary>
    internal static IReadOnlyList<Rule> OwnRules =>
    [
        s_vmType, s_notVm, s_vcpuExists, s_bindingOverlap, PutsFile, s_logSlot, s_noLog, s_unknownCapability, s_staleMark, WrongKind, s_noSlot, s_obsoleteRoot,
        s_badDescriptor, s_notReadable, s_notWritable, s_noPosition, s_badWhence, s_badPosition, s_noResize, s_noReopen,
        s_addressAlignment, s_wrap, s_emptyUnmap, s_notMapped, s_noExecute, s_populateFault, s_lockFault, s_accessFault,
        s_adviceRefused, s_poisonedPage, s_poisonFault,
        s_noVm, s_noVcpu, s_noGuestMemfd, s_noSlotMemory, s_noSlotMetadata, s_noTables, s_signal, s_noPreFaultTables, s_preFaultSignal, s_noMemfd, s_noArea, s_noSplit, s_noProtectedPart,
    ];
}
