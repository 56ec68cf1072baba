namespace GuestMemory.Tdx;

/// <summary>The checks of functions that work on the key ownership table. Source: tdx-module, key ownership table.</summary>
internal static class KeyChecks
{
    /// <summary>The table can be taken for the call alone, or shared.</summary>
    public static Check<HostCall, TdxAnswer> Lock(string function, bool exclusive = true) =>
        new($"{function}/keys-busy", "tdx-module, kot.lock", "two processors changing the key table", exclusive ? IsTaken : IsTakenAlone,
            TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.Kot), CheckClass.Integrity);

    private static bool IsTaken(ref HostCall call) => call.State.Locks.IsBusy(HeldLock.Keys, exclusive: true);

    private static bool IsTakenAlone(ref HostCall call) => call.State.Locks.IsBusy(HeldLock.Keys, exclusive: false);
}
