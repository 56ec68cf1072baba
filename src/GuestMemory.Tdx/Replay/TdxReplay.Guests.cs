namespace GuestMemory.Tdx;

/// <content>Calls and accesses of guests.</content>
public sealed partial class TdxReplay
{
    private const int AccessLength = 8;

    private void Guest(RecordedForm form, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var tdvpr = new Spa(arguments.UInt64("tdvpr"u8)).Frame;
        var gpa = arguments.UInt64("gpa"u8);
        if (form == RecordedForm.Accept)
        {
            Accept(tdvpr, gpa, arguments.UInt64("level"u8), ref outcome);
            return;
        }

        var reads = form == RecordedForm.GuestRead;
        var result = reads
            ? Module.GuestRead(tdvpr, new(gpa), AccessLength)
            : Module.GuestWrite(tdvpr, new(gpa), AccessLength, arguments.UInt64("value"u8));
        Event(ref outcome, result);
        if (reads && result.Event == GuestEvent.Ok)
        {
            outcome.Hex("value"u8, result.Value);
        }

        outcome.BeginOptional();
        LookAtEntry(ref outcome, TdOfVcpu(tdvpr), gpa, level: 0);
    }

    private void Accept(Pfn tdvpr, ulong gpa, ulong level, ref TraceOutcome outcome)
    {
        var result = Module.Tdcall(TdxFunction.GuestPageAccept, tdvpr, new(gpa | level));
        if (result.Event == GuestEvent.Status)
        {
            outcome.Hex("status"u8, result.Status.Value, digits: 16);
            outcome.Text("name"u8, RecordedNames.Of(result.Status.Code));
            outcome.Number("interrupted"u8, result.Interrupted ? 1 : 0);
            outcome.DecidedBy = result.DecidedBy;
        }
        else
        {
            Event(ref outcome, result);
        }

        outcome.BeginOptional();
        if (LookAtEntry(ref outcome, TdOfVcpu(tdvpr), gpa, level) is { IsLeaf: true } found)
        {
            LookAtPage(ref outcome, found.Address);
        }
    }

    private static void Event(ref TraceOutcome outcome, in GuestResult result)
    {
        outcome.Text("event"u8, RecordedNames.Of(result.Event));
        outcome.DecidedBy = result.DecidedBy;
        if (result.Event == GuestEvent.TdExit)
        {
            outcome.Hex("exit_gpa"u8, result.ExitGpa);
            outcome.Hex("exit_qual"u8, result.ExitQualification);
            outcome.Hex("ext_exit_qual"u8, result.ExtendedExitQualification);
        }
    }
}
