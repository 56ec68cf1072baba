namespace GuestMemory.Tdx;

/// <summary>TDH.PHYMEM.PAGE.RECLAIM: takes a page back from a TD whose key is gone. Source: tdx-module, tdh_phymem_page_reclaim.c.</summary>
internal static class TdhPhymemPageReclaim
{
    private const string Name = "TDH.PHYMEM.PAGE.RECLAIM";
    private const string Source = "tdx-module, tdh_phymem_page_reclaim.c";

    /// <summary>The function. RCX page; answers RCX type, RDX owner, R8 size, also when it refuses after the type was found right.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.PhymemPageReclaim, Name, Commit,
    [
        TdChecks.Version(Name),
        .. AnyPageChecks.InRcx(Name, exclusive: true),
        new(Name + "/type", Source, "a page reclaimed that is nobody's", IsUnused, TdxAnswer.Of(TdxStatusCode.PageMetadataIncorrect, TdxOperand.Rcx), CheckClass.Integrity),
        new(Name + "/size", Source, "a part of a large page reclaimed", IsInside, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx, AnswerRegisters.Metadata), CheckClass.Integrity),
        new(Name + "/td-busy", "tdx-module, lock_and_map_implicit_tdr", "a TD that another processor changes meanwhile", IsTdBusy, TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.Tdr, AnswerRegisters.Metadata), CheckClass.Integrity),
        new(Name + "/lifecycle", Source, "a page taken from a TD that lives", IsAlive, new(TdxStatus.Of(TdxStatusCode.LifecycleStateIncorrect), AnswerRegisters.Metadata), CheckClass.Security),
        new(Name + "/children", Source, "pages of a TD that is no more", HasChildren, new(TdxStatus.Of(TdxStatusCode.TdAssociatedPagesExist), AnswerRegisters.Metadata), CheckClass.Security),
    ]);

    // A refused size leaves the base of the large page to be freed when the rule is off.
    private static void Commit(ref HostCall call)
    {
        var (entry, size) = (call.PageMetadata, call.PageSize);
        var frame = AnyPageChecks.FrameOf(call).AlignDown(size);
        PageSteps.Free(call.State, frame, size);
        call.Result = new(default, null, (ulong)entry.Type, entry.Owner.Address.Value, (ulong)size);
        if (Owner(call) is not { } td)
        {
            return;
        }

        if (entry.Type == PageType.Tdr)
        {
            call.State.Remove(td);
            return;
        }

        td.ChildCount -= Math.Min(td.ChildCount, size.FrameCount());
        td.VcpuList.RemoveAll(vcpu => vcpu.Tdvpr == frame);
    }

    private static bool IsUnused(ref HostCall call) => !call.PageMetadata.IsUsed;

    private static bool IsInside(ref HostCall call) => !AnyPageChecks.FrameOf(call).IsAligned(call.PageSize);

    private static bool IsTdBusy(ref HostCall call) =>
        call.PageMetadata.Type != PageType.Tdr && call.State.Locks.IsBusy(HeldLock.Pamt(PageSize.Size4K, call.PageMetadata.Owner), exclusive: false);

    private static bool IsAlive(ref HostCall call) => Owner(call) is { Lifecycle: not TdLifecycle.Teardown };

    private static bool HasChildren(ref HostCall call) => call.PageMetadata.Type == PageType.Tdr && Owner(call) is { ChildCount: not 0 };

    private static Td? Owner(in HostCall call) =>
        call.State.FindTd(call.PageMetadata.Type == PageType.Tdr ? AnyPageChecks.FrameOf(call) : call.PageMetadata.Owner);
}
