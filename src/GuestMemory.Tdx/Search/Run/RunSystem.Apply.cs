namespace GuestMemory.Tdx;

/// <content>Making a step.</content>
internal sealed partial class RunSystem
{
    private const int Bytes = 8;

    // What a guest knows of a page: nothing, that it is zero, or that its own token is there.
    private const byte Nothing = 0;
    private const byte Zero = 1;
    private const byte Written = 2;

    /// <inheritdoc/>
    public StepAnswer Apply(uint step)
    {
        var made = RunStep.Of(step);
        return made.Kind switch
        {
            RunStepKind.Aug => ChangeEntry(TdxFunction.MemPageAug, made, _frames[made.Page].Value << 12),
            RunStepKind.Block => ChangeEntry(TdxFunction.MemRangeBlock, made),
            RunStepKind.Unblock => ChangeEntry(TdxFunction.MemRangeUnblock, made),
            RunStepKind.Remove => ChangeEntry(TdxFunction.MemPageRemove, made),
            RunStepKind.Track => Track(made.Who),
            RunStepKind.Enter => Enter(made.Who),
            RunStepKind.Exit => Exit(made.Who),
            RunStepKind.Accept => Accept(made),
            RunStepKind.HostRead => HostRead(made.Who),
            RunStepKind.HostWrite => HostWrite(made.Who),
            _ => Access(made, made.Kind == RunStepKind.Write),
        };
    }

    private StepAnswer ChangeEntry(TdxFunction function, RunStep step, ulong page = 0)
    {
        var (guest, gfn) = (step.Who, step.Gfn);
        Remember(guest, gfn);
        var result = _module.Seamcall(function, new((ulong)gfn << 12, _tdrs[guest], page));
        if (result.DecidedBy is not null)
        {
            CheckRefused(guest, gfn);
            return StepAnswers.Of(result, 0);
        }

        if (!EntryOf(guest, gfn).IsLeaf)
        {
            _known[(guest * _pages) + gfn] = Nothing;
        }

        CheckEntry(guest, gfn, function);
        return StepAnswers.Of(result, TdPart(guest) | ChangedPages());
    }

    private StepAnswer Track(int guest)
    {
        Remember(guest, 0);
        var result = _module.Seamcall(TdxFunction.MemTrack, new(_tdrs[guest]));
        if (result.DecidedBy is not null)
        {
            CheckRefused(guest, 0);
            return StepAnswers.Of(result, 0);
        }

        CheckEpochs(guest);
        Settle(guest);
        return StepAnswers.Of(result, TdPart(guest) | ChangedPages() | VcpuParts(guest));
    }

    private StepAnswer Enter(int vcpu)
    {
        var (guest, entering) = (_owners[vcpu], _vcpus[vcpu]);
        Remember(guest, 0);
        var result = _module.Seamcall(TdxFunction.VpEnter, new(entering.Tdvpr.Value << 12), processor: entering.Processor ?? vcpu);
        entering.FlushedAtEntry = false;
        if (result.DecidedBy is not null)
        {
            CheckRefused(guest, 0);
            return StepAnswers.Of(result, 0);
        }

        CheckEpochs(guest);
        return StepAnswers.Of(result, TdPart(guest) | VcpuPart(vcpu));
    }

    private StepAnswer Exit(int vcpu)
    {
        _module.Exit(_vcpus[vcpu].Tdvpr);
        CheckEpochs(_owners[vcpu]);
        ForgetEpoch(_vcpus[vcpu]);
        return StepAnswer.Done(TdPart(_owners[vcpu]) | VcpuPart(vcpu));
    }

    private StepAnswer Accept(RunStep step)
    {
        var (guest, gfn) = (_owners[step.Who], step.Gfn);
        Remember(guest, gfn);
        var result = _module.Tdcall(TdxFunction.GuestPageAccept, _vcpus[step.Who].Tdvpr, new((ulong)gfn << 12));
        if (result.DecidedBy is not null)
        {
            CheckRefused(guest, gfn);
            return StepAnswers.Of(result, 0);
        }

        var entry = EntryOf(guest, gfn);
        _known[(guest * _pages) + gfn] = Zero;
        CheckEntry(guest, gfn, TdxFunction.GuestPageAccept);
        return StepAnswers.Of(result, TdPart(guest) | (entry.IsLeaf ? PagePart(entry.Page(SeptLevel.Pt)) : 0));
    }

    private StepAnswer Access(RunStep step, bool isWrite)
    {
        var (guest, gfn, vcpu) = (_owners[step.Who], step.Gfn, _vcpus[step.Who]);
        var (frame, isStale) = Resolve(guest, new((ulong)gfn), vcpu, isWrite);
        var gpa = new Gpa((ulong)gfn << 12);
        var result = isWrite ? _module.GuestWrite(vcpu.Tdvpr, gpa, Bytes, Token(guest, gfn)) : _module.GuestRead(vcpu.Tdvpr, gpa, Bytes);
        CheckAccess(guest, gfn, isWrite, isStale, result);
        if (result.Event != GuestEvent.Ok)
        {
            return StepAnswers.Of(result, 0, residue: result.Event == GuestEvent.MachineCheck ? TdPart(guest) : 0);
        }

        if (Array.IndexOf(_frames, frame) < 0)
        {
            throw GuestPromises.Astray(vcpu, new((ulong)gfn), frame);
        }

        if (!isWrite)
        {
            CheckRead(step.Who, gfn, result.Value);
            return StepAnswers.Of(result, VcpuPart(step.Who));
        }

        _known[(guest * _pages) + gfn] = Written;
        return StepAnswers.Of(result, VcpuPart(step.Who) | TdPart(guest) | PagePart(frame));
    }

    private StepAnswer HostRead(int page)
    {
        var result = _module.HostRead(_frames[page].Address, Bytes);
        RequireNoToken(page, result.Value);
        return StepAnswers.Of(result, 0);
    }

    private StepAnswer HostWrite(int page)
    {
        _module.HostWrite(_frames[page].Address, Bytes, HostToken);
        return StepAnswer.Done(1UL << (_tds.Length + page));
    }

    // What an access will go to: by a remembered translation first, as the processor does.
    private (Pfn Frame, bool IsStale) Resolve(int guest, Gfn gfn, TdVcpu vcpu, bool isWrite)
    {
        if (vcpu.Translations.TryFind(gfn, out var page) && (page.Rights & (isWrite ? 2UL : 1UL)) != 0)
        {
            return (page.Frame, StaleAccess.IsStale(_module.State, _tds[guest], gfn, page.Frame));
        }

        var entry = EntryOf(guest, (int)gfn.Value);
        return (entry.IsLeaf ? entry.Page(SeptLevel.Pt) : default, false);
    }

    // Epochs count from where it matters: what is older than two epochs is tracked, and who entered before the present one flushes when it enters.
    private void Settle(int guest)
    {
        const ulong Shift = 2;
        var td = _tds[guest];
        foreach (var vcpu in td.VcpuList)
        {
            ForgetEpoch(vcpu);
        }

        if (td.Epoch <= 2 + Shift)
        {
            return;
        }

        td.Epoch -= Shift;
        foreach (var vcpu in td.VcpuList)
        {
            if (vcpu.IsInside)
            {
                SetEpoch(vcpu, vcpu.Epoch - Math.Min(vcpu.Epoch, Shift));
            }
        }

        for (var page = 0; page < _pages; page++)
        {
            var entry = PageOf(page);
            if (entry.Owner == td.Tdr && entry.Bepoch != 0)
            {
                _module.Pamt.Write(PageSize.Size4K, _frames[page], entry with { Bepoch = entry.Bepoch - Math.Min(entry.Bepoch, Shift) });
            }
        }
    }

    // It would flush when it enters: nothing asks for what it remembers before.
    private static void ForgetEpoch(TdVcpu vcpu)
    {
        if (!vcpu.IsInside && vcpu.Epoch != vcpu.Td.Epoch)
        {
            vcpu.Epoch = 0;
        }
    }

    private static void SetEpoch(TdVcpu vcpu, ulong epoch)
    {
        Span<CachedPage> pages = stackalloc CachedPage[ThingOrder.Most];
        var count = vcpu.Translations.Pages.Length;
        vcpu.Translations.Pages.CopyTo(pages);
        vcpu.Epoch = epoch;
        vcpu.Translations.Flush();
        foreach (ref readonly var page in pages[..count])
        {
            vcpu.Translations.Add(page);
        }
    }
}
