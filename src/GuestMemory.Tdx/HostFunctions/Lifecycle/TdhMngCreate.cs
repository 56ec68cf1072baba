namespace GuestMemory.Tdx;

/// <summary>TDH.MNG.CREATE: makes a page a TD's root and gives it a key identifier. Source: tdx-module, tdh_mng_create.c.</summary>
internal static class TdhMngCreate
{
    private const string Name = "TDH.MNG.CREATE";
    private const string Source = "tdx-module, tdh_mng_create.c";
    private const int HkidBits = 16;

    /// <summary>The function. RCX page, RDX key identifier.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MngCreate, Name, Commit,
    [
        TdChecks.Version(Name),
        new(Name + "/hkid", Source, "a TD under a key of the host's", IsNotPrivate, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rdx), CheckClass.Security),
        .. PageChecks.FreeInRcx(Name),
        KeyChecks.Lock(Name),
        new(Name + "/hkid-free", Source, "two TDs under one key", IsInUse, TdxAnswer.Of(TdxStatusCode.HkidNotFree), CheckClass.Security),
    ]);

    private static void Commit(ref HostCall call)
    {
        var (frame, hkid) = (new Spa(call.Registers.Rcx).Frame, HkidOf(call));
        call.State.Memory.ZeroFrames(new(frame, 1), call.State.Keys.KeyOf(call.State.Platform.ModuleHkid));
        ControlSteps.Own(call.State.Pamt, frame, PageType.Tdr, default);
        call.State.Keys[hkid] = HkidState.Assigned;
        call.State.Add(new(frame, hkid));
    }

    private static bool IsNotPrivate(ref HostCall call) =>
        call.Registers.Rdx >> HkidBits != 0 || !call.State.Platform.IsPrivate(call.Registers.Rdx);

    private static bool IsInUse(ref HostCall call) => call.State.Keys[HkidOf(call)] != HkidState.Free;

    private static Hkid HkidOf(in HostCall call) => new(unchecked((ushort)call.Registers.Rdx));
}
