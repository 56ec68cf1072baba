namespace GuestMemory.Tdx;

/// <summary>Goes through a GPA list: each entry by its rules, written back with its status, then a look for an interrupt. Source: tdx-module, tdh_export_blockw.c.</summary>
internal sealed class GpaListWork
{
    private readonly RuleTable<GpaEntryCall, GpaEntryAnswer> _rules;
    private readonly Rule _interrupted;
    private readonly GpaEntryCommit _commit;
    private readonly bool _importsPages;

    public GpaListWork(string function, GpaEntryCommit commit, Check<GpaEntryCall, GpaEntryAnswer>[] rules, bool importsPages = false)
    {
        (_rules, _commit, _importsPages) = (new(rules), commit, importsPages);
        _interrupted = new(function + "/interrupted", "tdx-module, is_interrupt_pending_host_side", "a host that waits for a long list");
        Rules = [.. rules, _interrupted];
    }

    /// <summary>The rules for entries, in order, and the one about interrupts.</summary>
    public IReadOnlyList<Rule> Rules { get; }

    /// <summary>Goes through the call's list. What the call answers lies in the call then.</summary>
    public void Over(ref HostCall call)
    {
        if (call.Td?.Sept is null)
        {
            return;
        }

        var list = new GpaListInfo(call.Registers.Rcx);
        var (problems, firstProblem) = (0u, default(Rule));
        for (var index = list.First; index <= list.Last; index++)
        {
            var refusal = Entry(ref call, list, index);
            if (refusal is not null && Ends(call, refusal.Answer))
            {
                call.Result = new(End(call, refusal.Answer), refusal, list.From(index).Raw);
                return;
            }

            problems += refusal is null || refusal.Answer.Effect == GpaListEffect.Skip ? 0u : 1u;
            firstProblem ??= problems == 0 ? null : refusal;
            if (index < list.Last && !call.State.Rules.IsOff(_interrupted) && call.State.Interrupts.Poll(1) == 0)
            {
                call.Result = new(TdxStatus.Of(TdxStatusCode.InterruptedResumable), _interrupted, list.From(index + 1).Raw);
                return;
            }
        }

        call.Result = MigrationAnswers.Done(call, list, problems, firstProblem);
    }

    private static bool Ends(in HostCall call, GpaEntryAnswer answer) => answer.Effect switch
    {
        GpaListEffect.Fail or GpaListEffect.Abort => true,
        GpaListEffect.AbortInOrder => call.Td!.OpState is TdxOpState.MemoryImport or TdxOpState.StateImport,
        _ => false,
    };

    private static TdxStatus End(in HostCall call, GpaEntryAnswer answer)
    {
        if (answer.Effect == GpaListEffect.Fail)
        {
            return answer.Call;
        }

        var runs = call.Td!.OpState == TdxOpState.LiveImport;
        call.Td.OpState = runs ? TdxOpState.Runnable : TdxOpState.FailedImport;
        return runs ? answer.Call : MigrationSession.Fatal(answer.Call);
    }

    private Check<GpaEntryCall, GpaEntryAnswer>? Entry(ref HostCall call, GpaListInfo list, int index)
    {
        var entry = new GpaEntryCall(call.State, call.Function, call.Td!, new(SharedPages.Read(call.State, list.Page, index)));
        if (_importsPages)
        {
            ImportLists.Read(ref entry, call.Registers, index);
        }

        var refusal = _rules.Decide(ref entry, call.State.Rules);
        if (refusal is null)
        {
            _commit(ref entry);
        }
        else
        {
            Refuse(ref entry, refusal.Answer.Status);
        }

        SharedPages.Write(call.State, list.Page, index, entry.Entry.Raw);
        if (refusal is not null && entry.HasNewPages)
        {
            ImportLists.MarkUnused(entry, call.Registers, index);
        }

        return refusal;
    }

    private static void Refuse(ref GpaEntryCall entry, GpaEntryStatus status)
    {
        entry.Entry = entry.Entry.With(GpaListOperation.Nop).With(status);
        if (entry.IsBusy || entry.HoldsEntry)
        {
            entry.Write(entry.Place.Entry.WithHostPriority(entry.IsBusy));
        }
    }
}
