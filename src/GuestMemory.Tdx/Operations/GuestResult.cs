using System.Globalization;

namespace GuestMemory.Tdx;

/// <summary>What a guest's call or access ended in. The default is a call's success.</summary>
/// <param name="Event">How it ended.</param>
/// <param name="Status">RAX of a call that answered; otherwise success.</param>
/// <param name="Interrupted">Whether an interrupt came first: the guest executes the call again, and it goes on where it was.</param>
/// <param name="Value">What a read found; otherwise 0.</param>
/// <param name="ExitGpa">The guest address of an exit, bits 11:0 clear as the host is told it, or of a #VE, all of it; otherwise 0.</param>
/// <param name="ExitQualification">Exit qualification of an EPT violation; otherwise 0.</param>
/// <param name="ExtendedExitQualification">Extended exit qualification; otherwise 0.</param>
/// <param name="DecidedBy">The rule that decided; <see langword="null"/> when none refused.</param>
/// <param name="Rcx">RCX of a call that writes it; otherwise 0.</param>
/// <param name="Rdx">RDX of a call that writes it; otherwise 0.</param>
public readonly record struct GuestResult(
    GuestEvent Event,
    TdxStatus Status = default,
    bool Interrupted = false,
    ulong Value = 0,
    ulong ExitGpa = 0,
    ulong ExitQualification = 0,
    ulong ExtendedExitQualification = 0,
    Rule? DecidedBy = null,
    ulong Rcx = 0,
    ulong Rdx = 0)
{
    /// <summary>"TdExit gpa 0x2000, qualification 0x2, extended 0x1 [TDG.MEM.PAGE.ACCEPT/state]".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{What()}{(DecidedBy is null ? "" : $" [{DecidedBy.Id}]")}");

    private string What() => Event switch
    {
        GuestEvent.Status => Interrupted ? "interrupted" : Status.ToString(),
        GuestEvent.Ok => string.Create(CultureInfo.InvariantCulture, $"Ok 0x{Value:x}"),
        GuestEvent.TdExit or GuestEvent.VirtualizationException => string.Create(
            CultureInfo.InvariantCulture, $"{Event} gpa 0x{ExitGpa:x}, qualification 0x{ExitQualification:x}, extended 0x{ExtendedExitQualification:x}"),
        _ => Event.ToString(),
    };
}
