using System.Globalization;

namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>Answers in the manuals' words.</summary>
internal static class AnswerText
{
    private const uint FatalBit = 1U << 29;

    public static string Of(TdxAnswer answer) => Of(answer.Status) + answer.Registers switch
    {
        AnswerRegisters.Entry => ", and the entry",
        AnswerRegisters.CleanEntry => ", and the entry without its accept counter",
        AnswerRegisters.Kept => ", and the caller's RCX and RDX",
        AnswerRegisters.Metadata => ", and the page's type, owner and size",
        _ => "",
    };

    public static string Of(GuestAnswer answer) => answer.Event switch
    {
        GuestEvent.Status when answer.NamesLevel => $"{Of(answer.Status)} + level reached",
        GuestEvent.Status => Of(answer.Status),
        GuestEvent.TdExit when answer.Exit == GuestExit.Plain => "EPT violation to the host",
        GuestEvent.TdExit => $"EPT violation to the host, type {(int)answer.Exit}",
        GuestEvent.VirtualizationException => "#VE",
        GuestEvent.PageFault => "#PF",
        GuestEvent.MachineCheck => "#MC; the TD is fatal",
        _ => throw new ArgumentException($"{answer} has no words here.", nameof(answer)),
    };

    public static string Of(GpaEntryAnswer answer) => ManualNames.Of(answer.Status) + answer.Effect switch
    {
        GpaListEffect.Skip => "; no problem",
        GpaListEffect.Count => "",
        GpaListEffect.Fail => $"; the call ends: {Of(answer.Call)}",
        GpaListEffect.Abort => $"; the import ends: {Of(answer.Call)}",
        GpaListEffect.AbortInOrder => $"; before the start token the import ends: {Of(answer.Call)}",
        _ => throw new ArgumentException($"{answer} has no words here.", nameof(answer)),
    };

    public static string Of(VmcallStatus status) => string.Create(CultureInfo.InvariantCulture, $"{status}, `{(ulong)status:x16}`");

    public static string Of(Errno errno) => $"{errno}";

    public static string Of(TdxStatus status) => string.Create(CultureInfo.InvariantCulture, $"{Name(status.Code)}{Details(status)}, `{status.Value:x16}`");

    // A status that ends a migration session has bit 61 besides.
    private static string Name(TdxStatusCode code) => Enum.IsDefined(code) ? ManualNames.Of(code) : $"{ManualNames.Of((TdxStatusCode)((uint)code & ~FatalBit))} (fatal)";

    // Of the two pages that hold a range's entries a refusal names the second as 1; everywhere else the details are an operand.
    private static string Details(TdxStatus status) => status.Details == 0 ? ""
        : status.Code == TdxStatusCode.PamtPageNotEmpty ? " 1"
        : $" {ManualNames.Capitals((TdxOperand)status.Details)}";
}
