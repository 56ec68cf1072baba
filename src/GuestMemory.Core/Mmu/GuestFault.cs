namespace GuestMemory;

/// <summary>One guest fault on its way: sample, compare the kind, take the page, prepare, map. Each <see cref="Step"/> is one critical section.</summary>
/// <remarks>
/// The sample comes before the attribute is read: taken after it, a conversion in between would go unseen and a stale kind
/// be mapped (fixed in Linux by f66e50ed09b3). What <see cref="FaultStage.Prepare"/> did stays when the map has to be retried.
/// </remarks>
public partial struct GuestFault
{
    private readonly VirtualMachine _vm;
    private readonly bool _comparesKind;
    private IMemslot? _slot;
    private MmuSample _sample;
    private BackingPage _page;
    private PageLocation _location;
    private PageSize _size;
    private bool _hasSample;

    /// <summary>Starts a fault.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="gfn">The frame touched.</param>
    /// <param name="isWrite">Whether the access writes.</param>
    /// <param name="kind">The kind the access wants.</param>
    /// <param name="comparesKind">Whether that kind is compared with the attribute. Default: yes.</param>
    public GuestFault(VirtualMachine vm, Gfn gfn, bool isWrite, PageKind kind, bool comparesKind = true)
    {
        ArgumentNullException.ThrowIfNull(vm);
        _vm = vm;
        Gfn = gfn;
        IsWrite = isWrite;
        Kind = kind;
        _comparesKind = comparesKind;
    }

    /// <summary>The frame touched.</summary>
    public Gfn Gfn { get; }

    /// <summary>Whether the access writes.</summary>
    public bool IsWrite { get; }

    /// <summary>The kind the access wants.</summary>
    public PageKind Kind { get; }

    /// <summary>The step to be made next.</summary>
    public FaultStage Next { readonly get; private set; }

    /// <summary>The slot found; none before the first step, or when there is none.</summary>
    public readonly IMemslot? Slot => _slot;

    /// <summary>Why the last step refused; success when it did not.</summary>
    public Outcome Detail { readonly get; private set; }

    /// <summary>The fault in words.</summary>
    public override readonly string ToString() => $"{Kind} fault at {Gfn}{(IsWrite ? " to write" : "")}, next {Next}";

    /// <summary>Makes every step that is left. A retry is answered, not repeated.</summary>
    public FaultVerdict Run()
    {
        FaultVerdict verdict;
        do
        {
            verdict = Step();
        }
        while (verdict == FaultVerdict.Continue);
        return verdict;
    }

    /// <summary>Makes the next step.</summary>
    /// <exception cref="InvalidOperationException">The fault is over.</exception>
    public FaultVerdict Step()
    {
        var verdict = Next switch
        {
            FaultStage.Sample => SamplesFirst ? TakeSample() : CheckKind(),
            FaultStage.CheckKind => SamplesFirst ? CheckKind() : TakeSample(),
            FaultStage.TakePage => TakePage(),
            FaultStage.Prepare => Prepare(),
            FaultStage.Map => Map(),
            _ => throw new InvalidOperationException("The fault is over."),
        };
        Next = verdict == FaultVerdict.Continue ? Next + 1 : FaultStage.Over;
        return verdict;
    }

    private readonly bool SamplesFirst => !_vm.Machine.IsOff(CoreRules.SampleBeforeKind);

    private FaultVerdict TakeSample()
    {
        _slot = SamplesFirst ? _vm.Slots.Find(Gfn) : _slot;
        _sample = _vm.Sequence.Sample();
        _hasSample = true;
        Emit(StepKind.FaultSampled, _sample.Sequence);
        return _vm.IsDead ? FaultVerdict.GuestDead : FaultVerdict.Continue;
    }

    private FaultVerdict CheckKind()
    {
        _slot = SamplesFirst ? _slot : _vm.Slots.Find(Gfn);
        var attribute = _vm.Attributes.KindOf(Gfn);
        Emit(StepKind.FaultKindChecked, (ulong)attribute);
        if (attribute != Kind && _comparesKind)
        {
            return FaultVerdict.WrongKind;
        }

        if (_slot is null)
        {
            return Kind == PageKind.Private && !_vm.Machine.IsOff(CoreRules.NoBacking) ? Refuse(FaultVerdict.NoPage, CoreRules.NoBacking.Refuse(Gfn.Value)) : FaultVerdict.NoSlot;
        }

        return FaultVerdict.Continue;
    }

    private FaultVerdict TakePage()
    {
        var resolved = _slot!.Resolve(Gfn, Kind, out _location);
        if (!resolved.IsSuccess)
        {
            return Refuse(FaultVerdict.NoPage, resolved);
        }

        if (IsWrite && _slot.IsReadOnly)
        {
            return FaultVerdict.ReadOnly;
        }

        var given = _location.Source.GetPage(new(_location.Index, _location.Slot, IsWrite), out _page);
        Emit(StepKind.FaultPageTaken, _page.Frame.Value, given);
        if (given.IsSuccess)
        {
            return FaultVerdict.Continue;
        }

        if ((CoreStatus)given.Code == CoreStatus.Busy)
        {
            return FaultVerdict.Retry;
        }

        var poisoned = (CoreStatus)given.Code == CoreStatus.Poisoned;
        return _location.Source is HostAddressSpace
            ? Refuse(poisoned ? FaultVerdict.HostPoisoned : FaultVerdict.HostFault, given)
            : Refuse(FaultVerdict.NoPage, given);
    }

    private FaultVerdict Prepare()
    {
        if (_location.Source is not BackingFile file)
        {
            return FaultVerdict.Continue;
        }

        // The page taken, or its large neighbour, may be punched or moved by now: the map would have to be retried, and its frame is not ours to prepare.
        if (!file.Store.TryLookUp(_location.Index, out var stored) || stored.Frame != _page.Frame
            || (_page.Order > 0 && file.Store.OrderOf(_location.Index) < _page.Order))
        {
            return FaultVerdict.Retry;
        }

        // All that the map may cover is made ready, so that no frame of a large leaf is another guest's.
        _size = LargestSize();
        var frames = new PfnRange(_page.Frame.AlignDown(_size), _size.FrameCount());
        var prepared = _vm.Machine.Ownership.Prepare(new(frames, _vm.Id, Gfn.AlignDown(_size), Kind, _size));
        Emit(StepKind.FaultPrepared, _page.Frame.Value, prepared);
        if (!prepared.IsSuccess)
        {
            return Refuse(FaultVerdict.Refused, prepared);
        }

        var flags = StoredPageFlags.Prepared | (IsWrite ? StoredPageFlags.Dirty : StoredPageFlags.None);
        file.Store.AddFlags(new(_location.Index.AlignDown(_size), _size.FrameCount()), flags);
        return FaultVerdict.Continue;
    }

    private FaultVerdict Map()
    {
        var writable = _page.Writable && !_slot!.IsReadOnly;
        var allowed = LargestSize();
        var size = allowed < _size ? allowed : _size;
        var request = new MapRequest(Gfn.AlignDown(size), _page.Frame.AlignDown(size), size, Kind, writable, _sample);
        var answer = _vm.Mmu.Map(request);
        Emit(StepKind.FaultMapped, _page.Frame.Value, answer.Detail);
        switch (answer.Verdict)
        {
            case MmuVerdict.Done:
                break;
            case MmuVerdict.Retry or MmuVerdict.Busy:
                return FaultVerdict.Retry;
            case MmuVerdict.GuestDead:
                return FaultVerdict.GuestDead;
            default:
                return Refuse(FaultVerdict.Refused, answer.Detail);
        }

        if (writable)
        {
            (_slot as Memslot)?.MarkDirty(Gfn);
        }

        return FaultVerdict.Mapped;
    }

    // No large leaf over frames of mixed attributes, beyond the slot, larger than the page's own run, or than the table allows; none where writes are logged.
    private readonly PageSize LargestSize()
    {
        if (_slot is Memslot { LogsDirtyPages: true })
        {
            return PageSize.Size4K;
        }

        var size = PageSizes.FromOrder(Math.Min(_page.Order, _vm.Machine.Options.LargestMapping.Order()));
        for (; size > PageSize.Size4K; size--)
        {
            var block = new GfnRange(Gfn.AlignDown(size), size.FrameCount());
            var aligned = (Gfn - block.Start) == (_page.Frame - _page.Frame.AlignDown(size));
            if (aligned && _slot!.Gfns.Contains(block) && _vm.Attributes.IsUniform(block)
                && _vm.Machine.Ownership.LookUp(_page.Frame).LargestMapping >= size)
            {
                break;
            }
        }

        return size;
    }

    private FaultVerdict Refuse(FaultVerdict verdict, Outcome detail)
    {
        Detail = detail;
        return verdict;
    }

    private readonly void Emit(StepKind kind, ulong detail, Outcome outcome = default) => _vm.Emit(kind, new(Gfn, 1), detail, outcome);
}
