namespace GuestMemory.Tests;

/// <summary>How a guest's access ended.</summary>
/// <param name="Verdict">The fault's verdict; mapped when no fault was needed.</param>
/// <param name="Status">Why it was refused.</param>
/// <param name="Value">What was read.</param>
internal readonly record struct GuestAccess(FaultVerdict Verdict, CoreStatus Status, ulong Value)
{
    public static GuestAccess Done(ulong value = 0) => new(FaultVerdict.Mapped, CoreStatus.Done, value);

    public static GuestAccess Refused(FaultVerdict verdict, CoreStatus status = CoreStatus.Done) => new(verdict, status, 0);

    public override string ToString() => $"{Verdict} {Status} 0x{Value:x}";
}
