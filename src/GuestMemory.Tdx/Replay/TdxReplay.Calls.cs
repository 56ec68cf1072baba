namespace GuestMemory.Tdx;

/// <content>Calls of the host.</content>
public sealed partial class TdxReplay
{
    private void Call(RecordedCall call, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        switch (call.Form)
        {
            case RecordedForm.Initialize:
                Initialize(arguments, ref outcome);
                break;
            case RecordedForm.Vcpu or RecordedForm.Enter or RecordedForm.Exit:
                CallForVcpu(call, arguments, ref outcome);
                break;
            case RecordedForm.Entry or RecordedForm.EntryThatFrees:
                CallForEntry(call, arguments, ref outcome);
                break;
            case RecordedForm.List:
                CallWithList(call.Function, arguments, ref outcome);
                break;
            case RecordedForm.Page or RecordedForm.PageMetadata:
                CallForPage(call, arguments, ref outcome);
                break;
            default:
                CallForControl(call, arguments, ref outcome);
                break;
        }
    }

    // RCX and RDX as they are named; a page that RCX hands over is looked at.
    private void CallForControl(RecordedCall call, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var rcx = arguments.UInt64(NameOfRcx(call.Form));
        var rdx = NameOfRdx(call.Form) is { IsEmpty: false } name ? arguments.UInt64(name) : 0;
        Answer(ref outcome, Module.Seamcall(call.Function, new(rcx, rdx)));
        if (call.Form is RecordedForm.Td or RecordedForm.Create or RecordedForm.AddControlPage)
        {
            LookAtTd(ref outcome, TdOf(arguments.UInt64("tdr"u8)));
        }

        if (call.Form is not (RecordedForm.Td or RecordedForm.Command))
        {
            LookAtPage(ref outcome, rcx);
        }
    }

    private static ReadOnlySpan<byte> NameOfRcx(RecordedForm form) => form switch
    {
        RecordedForm.Td or RecordedForm.Create => "tdr"u8,
        RecordedForm.CreateVcpu => "tdvpr"u8,
        RecordedForm.Command => "command"u8,
        _ => "page"u8,
    };

    private static ReadOnlySpan<byte> NameOfRdx(RecordedForm form) => form switch
    {
        RecordedForm.Create => "hkid"u8,
        RecordedForm.AddControlPage or RecordedForm.CreateVcpu => "tdr"u8,
        RecordedForm.AddVcpuPage => "tdvpr"u8,
        _ => default,
    };

    private void CallForVcpu(RecordedCall call, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var operand = arguments.UInt64("tdvpr"u8);
        var tdvpr = new Spa(operand).Frame;
        if (call.Form == RecordedForm.Exit)
        {
            if (Module.FindVcpu(tdvpr) is { IsInside: true })
            {
                Module.Exit(tdvpr);
            }

            LookAtTd(ref outcome, TdOfVcpu(tdvpr));
            return;
        }

        var result = Module.Seamcall(call.Function, new(operand), processor: arguments.Count32("lp"u8));
        Answer(ref outcome, result, registers: false);
        if (call.Form == RecordedForm.Enter)
        {
            LookAtTd(ref outcome, TdOfVcpu(tdvpr));
            if (result.IsSuccess && Module.FindVcpu(tdvpr) is { FlushedAtEntry: true })
            {
                outcome.Number("tlb_flushed"u8, 1);
            }
        }
    }

    private void CallForEntry(RecordedCall call, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var (gpa, level) = (arguments.UInt64("gpa"u8), Optional(arguments, "level"u8));
        var (tdr, version) = (arguments.UInt64("tdr"u8), (int)(Optional(arguments, "version"u8) & 0xff));
        var rdx = tdr | (Optional(arguments, "allow_existing"u8) & 1);

        // Later versions name pages for nested guests in the registers behind; the recorder had none to give.
        var others = version > 0 ? ulong.MaxValue : 0;
        var r9 = call.Function == TdxFunction.MemPageAdd ? arguments.UInt64("source"u8) : others;
        var result = Module.Seamcall(call.Function, new(gpa | level, rdx, Optional(arguments, "page"u8), r9, others, others), version);
        Answer(ref outcome, result);
        var td = TdOf(tdr);
        LookAtTd(ref outcome, td);
        LookAtPagesOf(call, arguments, result, LookAtEntry(ref outcome, td, gpa, level), ref outcome);
    }

    // The page handed over, the one let go, the one behind the entry, each once.
    private void LookAtPagesOf(RecordedCall call, in TraceArguments arguments, in TdxResult result, (ulong Address, bool IsLeaf)? found, ref TraceOutcome outcome)
    {
        Span<ulong> pages = stackalloc ulong[3];
        var count = 0;
        if (arguments.TryGet("page"u8, out _))
        {
            pages[count++] = arguments.UInt64("page"u8);
        }

        if (call.Form == RecordedForm.EntryThatFrees && result.Status.IsSuccess)
        {
            count = With(pages, count, result.Rcx);
        }

        if (found is { } behind)
        {
            count = With(pages, count, behind.Address);
        }

        LookAtPages(ref outcome, pages[..count]);
    }

    private void CallForPage(RecordedCall call, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var page = arguments.UInt64("page"u8);
        var rcx = page | (Optional(arguments, "hkid"u8) << Module.Platform.HkidShift);
        var result = Module.Seamcall(call.Function, new(rcx));
        var isDescribed = call.Form == RecordedForm.PageMetadata && (result.Status.IsSuccess || (result.Rcx | result.Rdx) != 0);
        Answer(ref outcome, result, registers: !isDescribed);
        if (isDescribed)
        {
            outcome.Hex("rcx"u8, result.Rcx);
            outcome.Hex("rdx"u8, result.Rdx);
            outcome.Hex("r8"u8, result.R8);
            outcome.Hex("r9"u8, result.R9);
        }

        LookAtPage(ref outcome, page);
    }

    // A recorder that filled a table wrote down the status alone: whatever follows it may be missing.
    private static void Answer(ref TraceOutcome outcome, in TdxResult result, bool registers = true)
    {
        outcome.Hex("status"u8, result.Status.Value, digits: 16);
        outcome.Text("name"u8, RecordedNames.Of(result.Status.Code));
        outcome.DecidedBy = result.DecidedBy;
        outcome.BeginOptional();
        if (registers && (result.Rcx | result.Rdx) != 0)
        {
            outcome.Hex("rcx"u8, result.Rcx);
            outcome.Hex("rdx"u8, result.Rdx);
        }
    }

    private static ulong Optional(in TraceArguments arguments, ReadOnlySpan<byte> key) => arguments.TryGet(key, out _) ? arguments.UInt64(key) : 0;

    private static int With(Span<ulong> pages, int count, ulong page)
    {
        if (!pages[..count].Contains(page))
        {
            pages[count++] = page;
        }

        return count;
    }
}
