namespace GuestMemory.Kvm.Tests.Races;

/// <summary>The same fault put together by hand, so that the order of its steps can be wrong.</summary>
/// <param name="vm">The VM.</param>
/// <param name="gfn">The frame.</param>
/// <param name="samplesFirst">The right order; otherwise the sample is taken after the attribute was read, as Linux once did.</param>
internal sealed class HandMadeFault(VirtualMachine vm, Gfn gfn, bool samplesFirst) : FaultActor(vm, gfn)
{
    private int _next;
    private MmuSample _sample;
    private PageKind _kind;
    private PageLocation _location;
    private BackingPage _page;

    public override PageKind Kind => _kind;

    public override bool IsAboutToMap => _next == 4;

    public override bool IsAboutToPrepare => false;

    public override bool IsAboutToSample => _next == (samplesFirst ? 0 : 1);

    public override void Step()
    {
        if (!IsOver)
        {
            Settle(Turn());
        }
    }

    protected override void Restart() => _next = 0;

    private FaultVerdict Turn()
    {
        var step = _next++;
        switch (step)
        {
            case 0 or 1 when (step == 0) == samplesFirst:
                _sample = Vm.Sequence.Sample();
                return FaultVerdict.Continue;
            case 0 or 1:
                _kind = Vm.Attributes.KindOf(Gfn);
                return FaultVerdict.Continue;
            case 2:
                Vm.Slots.Find(Gfn)!.Resolve(Gfn, _kind, out _location);
                return _location.Source.GetPage(new(_location.Index, _location.Slot, Write: true), out _page).IsSuccess ? FaultVerdict.Continue : FaultVerdict.NoPage;
            case 3:
                Prepare();
                return FaultVerdict.Continue;
            default:
                return Vm.Mmu.Map(new(Gfn, _page.Frame, PageSize.Size4K, _kind, _page.Writable, _sample)).IsDone ? FaultVerdict.Mapped : FaultVerdict.Retry;
        }
    }

    private void Prepare()
    {
        if (_location.Source is BackingFile file)
        {
            Vm.Machine.Ownership.Prepare(new(new(_page.Frame, 1), Vm.Id, Gfn, _kind));
            file.Store.AddFlags(new(_location.Index, 1), StoredPageFlags.Prepared);
        }
    }
}
