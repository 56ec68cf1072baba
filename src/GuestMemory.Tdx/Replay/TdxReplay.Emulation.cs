namespace GuestMemory.Tdx;

/// <content>What the recorder did itself: fills, interrupts, locks of other processors, looks.</content>
public sealed partial class TdxReplay
{
    private const ulong NoInterrupt = 0xffff_ffff;

    private void Emulate(RecordedForm form, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        switch (form)
        {
            case RecordedForm.Fill:
                Module.HostFill(new Spa(arguments.UInt64("page"u8)).Frame, arguments.UInt64("value"u8));
                break;
            case RecordedForm.Interrupt:
                Arm(arguments.UInt64("polls"u8));
                break;
            case RecordedForm.OpState:
                ForceOpState(arguments, ref outcome);
                break;
            case RecordedForm.Look:
                Look(arguments, ref outcome);
                break;
            case RecordedForm.Summary:
                Summarize(TdOf(arguments.UInt64("tdr"u8)), ref outcome);
                break;
            default:
                HoldOrRelease(form, arguments);
                break;
        }
    }

    // As another processor would.
    private void HoldOrRelease(RecordedForm form, in TraceArguments arguments)
    {
        switch (form)
        {
            case RecordedForm.HoldEntry:
                Module.HoldEntry(TdrIn(arguments), new(arguments.UInt64("gpa"u8)), LevelIn(arguments));
                break;
            case RecordedForm.ReleaseEntry:
                Module.ReleaseEntry(TdrIn(arguments), new(arguments.UInt64("gpa"u8)), LevelIn(arguments));
                break;
            case RecordedForm.HoldTree:
                Module.Locks.Take(HeldLock.SeptTree(TdrIn(arguments)), arguments.UInt64("exclusive"u8) != 0);
                break;
            case RecordedForm.ReleaseTree:
                Module.Locks.Release(HeldLock.SeptTree(TdrIn(arguments)));
                break;
            case RecordedForm.HoldPamt:
                Module.Locks.Take(PamtIn(arguments), arguments.UInt64("shared"u8) == 0);
                break;
            default:
                Module.Locks.Release(PamtIn(arguments));
                break;
        }
    }

    private void Arm(ulong polls)
    {
        if (polls == NoInterrupt)
        {
            Module.Interrupts.Disarm();
        }
        else
        {
            Module.Interrupts.Arm(polls);
        }
    }

    private void ForceOpState(in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var td = TdOf(arguments.UInt64("tdr"u8));
        var state = arguments.UInt64("op_state"u8);
        if (state > (ulong)TdxOpState.FailedImport)
        {
            throw new FormatException($"argument \"op_state\" is {state}; there are 0 to {(int)TdxOpState.FailedImport}");
        }

        td?.OpState = (TdxOpState)(byte)state;
        LookAtTd(ref outcome, td);
    }

    private void Look(in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var td = TdOf(arguments.UInt64("tdr"u8));
        LookAtTd(ref outcome, td);
        var pages = new List<ulong>();
        RecordedList.Read(arguments.Text("pages"u8), pages);
        if (LookAtEntry(ref outcome, td, arguments.UInt64("gpa"u8), arguments.UInt64("level"u8)) is { } found && !pages.Contains(found.Address))
        {
            pages.Add(found.Address);
        }

        LookAtPages(ref outcome, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(pages));
    }

    private static Pfn TdrIn(in TraceArguments arguments) => new Spa(arguments.UInt64("tdr"u8)).Frame;

    private static HeldLock PamtIn(in TraceArguments arguments)
    {
        var level = LevelIn(arguments);
        return level <= SeptLevel.Pdpt
            ? HeldLock.Pamt(level.PageSize(), new Spa(arguments.UInt64("page"u8)).Frame)
            : throw new FormatException($"argument \"level\" is {(int)level}; a PAMT entry has 0 to 2");
    }

    private static SeptLevel LevelIn(in TraceArguments arguments)
    {
        var level = arguments.UInt64("level"u8);
        return level <= (ulong)SeptLevel.Pml5 ? (SeptLevel)(byte)level : throw new FormatException($"argument \"level\" is {level}; there are 0 to 4");
    }
}
