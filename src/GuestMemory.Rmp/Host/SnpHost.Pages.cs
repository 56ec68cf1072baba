namespace GuestMemory.Rmp;

/// <content>Pages given and taken back.</content>
public sealed partial class SnpHost
{
    /// <summary>RMPUPDATE as the host makes it: tried again while another processor has the entry.</summary>
    /// <param name="operands">Page and new state.</param>
    public InstructionResult Update(in RmpUpdateOperands operands)
    {
        DirectMap.BeforeUpdate(operands);
        var result = Platform.RmpUpdate(operands);
        for (var attempt = 1; attempt < Options.Attempts && IsTransient(result); attempt++)
        {
            result = Platform.RmpUpdate(operands);
        }

        DirectMap.AfterUpdate(operands);
        Emit(operands.Frames, SnpOperationKind.RmpUpdate, result.ToOutcome());
        return result;
    }

    /// <summary>PSMASH as the host makes it: tried again while another processor has the entry; an entry that is 4K by now is no failure.</summary>
    /// <param name="frame">A frame of the 2M page.</param>
    public InstructionResult Smash(Pfn frame)
    {
        var result = Platform.Psmash(frame.Address);
        for (var attempt = 1; attempt < Options.Attempts && IsTransient(result); attempt++)
        {
            result = Platform.Psmash(frame.Address);
        }

        DirectMap.AfterPsmash(frame.AlignDown(PageSize.Size2M));
        Emit(new(frame.AlignDown(PageSize.Size2M), 512), SnpOperationKind.Psmash, result.ToOutcome());
        return result.IsSuccess || Platform.Table.IsInLargePage(frame) ? result : default;
    }

    /// <summary>Takes a page for the firmware: allocated, made the firmware's.</summary>
    /// <param name="page">The page.</param>
    /// <returns><see langword="false"/> when no frame is left, or the frame could not be given; it is leaked then.</returns>
    public bool TryTakeFirmwarePage(out Pfn page)
    {
        if (!TryTakePage(out page))
        {
            return false;
        }

        if (Update(RmpUpdateOperands.ToFirmware(new(page, PageSize.Size4K))).IsSuccess)
        {
            return true;
        }

        Leak(new(page, 1));
        return false;
    }

    /// <summary>Gives a page of the firmware's back: reclaimed, shared, freed; leaked when either fails.</summary>
    /// <param name="page">The page.</param>
    /// <returns>Whether it came back.</returns>
    public bool ReturnFirmwarePage(Pfn page) => ReturnPage(page, reclaims: true);

    /// <summary>Takes a plain page for the host's or the processor's use, off the boundaries of 2M blocks where the host avoids them.</summary>
    /// <param name="page">The page.</param>
    /// <returns><see langword="false"/> when no frame is left.</returns>
    public bool TryTakePage(out Pfn page)
    {
        page = default;
        var order = Options.AvoidsLargeBoundaries ? 1 : 0;
        if (!_machine.Frames.TryTake(new(order, 1UL << order, FramePurpose.Firmware), out var frames))
        {
            return false;
        }

        // Of two pages in a row one is not the first of a 2M block; the other goes back.
        page = frames.Start.IsAligned(PageSize.Size2M) ? new(frames.End.Value - 1) : frames.Start;
        if (frames.Count > 1)
        {
            _machine.Frames.GiveBack(new(page == frames.Start ? page + 1 : frames.Start, 1));
        }

        return true;
    }

    // Back to the host, then to the pool; what will not come back is leaked.
    internal bool ReturnPage(Pfn page, bool reclaims)
    {
        if (!TryMakeShared(page, reclaims))
        {
            Leak(new(page, 1));
            return false;
        }

        _machine.Frames.GiveBack(new(page, 1));
        return true;
    }

    // A page whose frame stays with its holder: reclaimed from the firmware, then shared. A failure puts it on the leak list.
    internal bool TakeBack(Pfn page)
    {
        var done = TryMakeShared(page, reclaims: true);
        if (!done)
        {
            List(page);
        }

        return done;
    }

    // On the leak list, while its holder still has it.
    internal void List(Pfn page) => _leaked.Add(page.Value, page.Value + 1);

    // A file frees guest memory (linux-kvm-sev, invalidation): what is not assigned is passed over, a whole 2M page goes in one, a part of one after PSMASH.
    // Whether all of it can be given out again; by Linux's own way it is whatever happens.
    internal bool ShareFreed(PfnRange frames)
    {
        var all = true;
        for (var at = frames.Start; at < frames.End; at += StepAt(at, frames.End))
        {
            if (Platform.Table.Resolve(at).Assigned)
            {
                all &= ShareAssigned(at, frames.End);
            }
        }

        return all || !LeaksUnreclaimed;
    }

    internal Rule? FindRefusal(PfnRange frames)
    {
        var rules = _machine.Options.Rules;
        if (_leaked.ContainsAny(frames.Start.Value, frames.End.Value) && !rules.IsOff(SnpHostRules.Leaked))
        {
            return SnpHostRules.Leaked;
        }

        for (var at = frames.Start; LeaksUnreclaimed && at < frames.End; at += StepAt(at, frames.End))
        {
            if (Platform.Table.Resolve(at).Assigned && StaysAssigned(at, frames))
            {
                return SnpHostRules.NotReclaimed;
            }
        }

        return null;
    }

    private bool LeaksUnreclaimed => Options.ReclaimFailure == ReclaimFailure.Leak && !_machine.Options.Rules.IsOff(SnpHostRules.NotReclaimed);

    private static bool IsTransient(in InstructionResult result) =>
        !result.Fault.IsFault && result.Status is RmpStatus.FailInUse or RmpStatus.FailOverlap;

    // Whether what ShareFreed would do for a page is refused now: a whole 2M page by its head, a part of one by PSMASH or after it.
    private bool StaysAssigned(Pfn at, PfnRange frames)
    {
        if (!Platform.Table.IsInLargePage(at))
        {
            return Platform.IsRefused(RmpUpdateOperands.Share(new(at, PageSize.Size4K)));
        }

        var head = at.AlignDown(PageSize.Size2M);
        if (frames.Contains(new PfnRange(head, ReverseMapTable.PagesPerBlock)))
        {
            return at == head && Platform.IsRefused(RmpUpdateOperands.Share(new(head, PageSize.Size2M)));
        }

        var changed = new PfnRange(at, at == head ? ReverseMapTable.PagesPerBlock : 1);
        return Platform.IsPsmashRefused(at.Address) || Platform.Holds.AnyInUse(new(at, 1)) || Platform.Holds.AnyChanging(changed);
    }

    // How many frames from here are one matter: the rest of a block without assigned pages, a whole 2M page, or one page.
    private ulong StepAt(Pfn at, Pfn end)
    {
        const ulong block = ReverseMapTable.PagesPerBlock;
        var rest = Math.Min(block - (at.Value % block), end - at);
        var isOne = Platform.Table.AssignedIn2M(at) == 0 || (rest == block && Platform.Table.IsInLargePage(at));
        return isOne ? rest : 1;
    }

    private bool ShareAssigned(Pfn at, Pfn end)
    {
        var isLarge = Platform.Table.IsInLargePage(at);
        var isWhole = isLarge && StepAt(at, end) == ReverseMapTable.PagesPerBlock;
        if (isLarge && !isWhole)
        {
            Smash(at);
        }

        var isShared = Update(RmpUpdateOperands.Share(new(at, isWhole ? PageSize.Size2M : PageSize.Size4K))).IsSuccess;
        Warnings += isShared || LeaksUnreclaimed ? 0UL : 1;
        return isShared;
    }

    private bool TryMakeShared(Pfn page, bool reclaims)
    {
        if (reclaims && !Firmware(page, Platform.Firmware.PageReclaim(new PhysicalPage(page, PageSize.Size4K))).IsSuccess)
        {
            return false;
        }

        return Update(RmpUpdateOperands.Share(new(page, PageSize.Size4K))).IsSuccess;
    }

    internal FirmwareResult Firmware(Pfn page, FirmwareResult result)
    {
        Emit(new(page, 1), SnpOperationKind.Firmware, result.ToOutcome());
        return result;
    }

    internal void Leak(PfnRange frames)
    {
        _leaked.Add(frames.Start.Value, frames.End.Value);
        _machine.Frames.Leak(frames);
        if (_machine.Observer is not null)
        {
            _machine.Observer.OnStep(_machine, new(StepKind.FramesLeaked, GuestId.None, frames.Start.Value, frames.Count, ulong.MaxValue, Outcome.Success));
        }
    }
}
