namespace GuestMemory.Tdx;

/// <content>Which steps there are, and whose.</content>
internal sealed partial class RunSystem
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Actors { get; }

    /// <inheritdoc/>
    public void FindSteps(List<uint> steps)
    {
        for (var guest = 0; guest < _tds.Length; guest++)
        {
            if (!_tds[guest].IsFatal)
            {
                FindHostSteps(steps, guest);
            }
        }

        for (var vcpu = 0; vcpu < _vcpus.Length; vcpu++)
        {
            FindVcpuSteps(steps, vcpu);
        }

        for (var page = 0; page < _pages; page++)
        {
            steps.Add(new RunStep(RunStepKind.HostRead, page).Number);
            steps.Add(new RunStep(RunStepKind.HostWrite, page).Number);
        }
    }

    /// <inheritdoc/>
    public string Describe(uint step) => RunStep.Of(step).ToString();

    /// <inheritdoc/>
    public int ActorOf(uint step) => RunStep.Of(step) is { Kind: >= RunStepKind.Enter and <= RunStepKind.Write } mine ? 1 + mine.Who : 0;

    /// <inheritdoc/>
    /// <remarks>The host is while a page is blocked: it blocked it to take it. What vCPUs do is one step each.</remarks>
    public bool IsMidway(int actor)
    {
        for (var guest = 0; actor == 0 && guest < _tds.Length; guest++)
        {
            if (HasBlocked(guest))
            {
                return true;
            }
        }

        return false;
    }

    // One fault at a time: a page in use for an entry in use is refused twice over.
    private void FindHostSteps(List<uint> steps, int guest)
    {
        var mayTrack = false;
        for (var gfn = 0; gfn < _pages; gfn++)
        {
            var entry = EntryOf(guest, gfn);
            for (var page = 0; page < _pages; page++)
            {
                if (entry == SeptEntry.Free || PageOf(page).Type == PageType.Nda)
                {
                    steps.Add(new RunStep(RunStepKind.Aug, guest, gfn, page).Number);
                }
            }

            steps.Add(new RunStep(RunStepKind.Block, guest, gfn).Number);
            if (entry != SeptEntry.Free)
            {
                mayTrack |= entry.State.IsBlocked();
                steps.Add(new RunStep(RunStepKind.Unblock, guest, gfn).Number);
                steps.Add(new RunStep(RunStepKind.Remove, guest, gfn).Number);
            }
        }

        // Nobody asks for an epoch that tracks nothing.
        if (mayTrack)
        {
            steps.Add(new RunStep(RunStepKind.Track, guest).Number);
        }
    }

    // A write that finds no page faults as a read does.
    private void FindVcpuSteps(List<uint> steps, int vcpu)
    {
        if (!_vcpus[vcpu].IsInside)
        {
            steps.Add(new RunStep(RunStepKind.Enter, vcpu).Number);
            return;
        }

        steps.Add(new RunStep(RunStepKind.Exit, vcpu).Number);
        for (var gfn = 0; gfn < _pages && !_tds[_owners[vcpu]].IsFatal; gfn++)
        {
            steps.Add(new RunStep(RunStepKind.Accept, vcpu, gfn).Number);
            steps.Add(new RunStep(RunStepKind.Read, vcpu, gfn).Number);
            if (EntryOf(_owners[vcpu], gfn).Rights != 0 || _vcpus[vcpu].Translations.TryFind(new((ulong)gfn), out _))
            {
                steps.Add(new RunStep(RunStepKind.Write, vcpu, gfn).Number);
            }
        }
    }

    private bool HasBlocked(int guest)
    {
        for (var gfn = 0; gfn < _pages; gfn++)
        {
            if (EntryOf(guest, gfn).State.IsBlocked())
            {
                return true;
            }
        }

        return false;
    }

    private SeptEntry EntryOf(int guest, int gfn) => _leaves[guest][gfn];

    private PamtEntry PageOf(int page) => _module.Pamt[PageSize.Size4K, _frames[page]];
}
