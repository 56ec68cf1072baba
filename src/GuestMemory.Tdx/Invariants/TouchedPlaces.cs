namespace GuestMemory.Tdx;

/// <summary>Where an operation can have changed anything: the TDs, 2M blocks and 1G blocks its registers name, and those of what changed there.</summary>
internal sealed class TouchedPlaces
{
    private readonly TdxModule _module;
    private readonly ModuleShadow _before;
    private readonly SortedSet<ulong> _tds = [];
    private readonly SortedSet<ulong> _blocks = [];

    public TouchedPlaces(TdxModule module, in TdxOperation operation, ModuleShadow before, CheckScope scope)
    {
        (_module, _before) = (module, before);
        if (scope == CheckScope.Everything || NamesPagesInMemory(operation))
        {
            AddEverything();
            return;
        }

        Name(operation.Vcpu);
        var (operands, results) = (operation.Registers, operation.Result);
        foreach (var value in (ReadOnlySpan<ulong>)[operands.Rcx, operands.Rdx, operands.R8, operands.R9, operands.R10, operands.R11, results.Rcx, results.Rdx, results.R8, results.R9])
        {
            Name(new((value & ((1UL << module.Platform.HkidShift) - 1)) >> 12));
        }
    }

    public bool HasTd(Pfn tdr) => _tds.Contains(tdr.Value);

    public List<SeptChange> SeptChanges()
    {
        var changes = new List<SeptChange>();
        foreach (var tdr in _tds)
        {
            if (_module.FindTd(new(tdr)) is { } td)
            {
                SeptTrees.Compare(td.Tdr, _before.FindTd(td.Tdr)?.Root, SeptTrees.RootOf(td), default, changes);
            }
        }

        return changes;
    }

    public List<PamtChange> PamtChanges(List<SeptChange> tree)
    {
        foreach (var change in tree)
        {
            AddPage(change.Old, change.Level);
            AddPage(change.Now, change.Level);
        }

        var changes = new List<PamtChange>();
        foreach (var block in _blocks.Select(static block => block & ~0x3ffffUL).Distinct().ToArray())
        {
            Compare(PageSize.Size1G, new(block), 1, changes);
            Compare(PageSize.Size2M, new(block), 512, changes);
        }

        _blocks.UnionWith(changes.Where(static change => change.Size == PageSize.Size2M).Select(static change => change.Frame.Value));
        foreach (var block in _blocks)
        {
            Compare(PageSize.Size4K, new(block), 512, changes);
        }

        return changes;
    }

    // A list of guest addresses names what its registers do not.
    private static bool NamesPagesInMemory(in TdxOperation operation) =>
        operation.Kind == TdxOperationKind.HostCall && operation.Function is >= TdxFunction.ExportAbort and <= TdxFunction.ImportStateImmutable;

    private void AddEverything()
    {
        _tds.UnionWith(_before.Tds.Keys.Concat(_module.Tds.Select(static td => td.Tdr)).Select(static tdr => tdr.Value));
        _blocks.UnionWith(_before.Pamt.Runs().Concat(_module.Pamt.Runs()).Select(static run => run.Frame.AlignDown(PageSize.Size2M).Value));
    }

    private void Name(Pfn frame)
    {
        if (!_module.Pamt.IsKnown(frame))
        {
            return;
        }

        _blocks.Add(frame.AlignDown(PageSize.Size2M).Value);
        _tds.Add(frame.Value);
        _tds.Add(_before.Pamt.LookUp(frame, out _).Owner.Value);
        _tds.Add(_module.Pamt.LookUp(frame, out _).Owner.Value);
    }

    private void AddPage(SeptEntry entry, SeptLevel level)
    {
        if (PageKey.Of(entry, level) is { } key && _module.Pamt.IsKnown(key.Frame))
        {
            _blocks.Add(key.Frame.AlignDown(PageSize.Size2M).Value);
        }
    }

    private void Compare(PageSize size, Pfn first, int count, List<PamtChange> changes)
    {
        for (var index = 0UL; index < (ulong)count; index++)
        {
            var frame = first + (index * size.FrameCount());
            var (old, now) = (_before.Pamt[size, frame], _module.Pamt[size, frame]);
            if (old != now)
            {
                changes.Add(new(frame, size, old, now));
            }
        }
    }
}
