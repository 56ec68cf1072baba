namespace GuestMemory.Testing;

/// <summary>A store and its model under the same commands.</summary>
internal sealed class BackingRun(Func<Machine, ulong, IBackingStore> create) : ISpecRun<BackingCommand>
{
    private const ulong Secret = 0x5ec4e7;
    private readonly BackingWorld _world = new(create);
    private readonly BackingModel _model = new();
    private readonly List<InvalidationScope> _open = [];

    /// <inheritdoc/>
    public string? Apply(BackingCommand command)
    {
        var difference = command.Call switch
        {
            BackingCall.GetPage => GetPage(PageOf(command)),
            BackingCall.Begin => Begin(command),
            BackingCall.Free => command.Open < _open.Count ? Free(_open[command.Open]) : null,
            BackingCall.End => command.Open < _open.Count ? End(command.Open) : null,
            BackingCall.Unpin => Unpin(),
            _ => Use(command),
        };
        return difference ?? _model.FirstWrongFrame(_world.Machine.Frames) ?? (_world.Heard.Count == 0 ? null : $"the listener heard \"{_world.Heard[0]}\", which nobody asked for");
    }

    private PageIndex PageOf(in BackingCommand command) => new((command.Unit * _world.Unit) + (command.IsLast ? _world.Unit - 1 : 0));

    private string? GetPage(PageIndex index)
    {
        var outcome = _world.Store.GetPage(index, out var page);
        var exists = index.Value < BackingCommand.Units * _world.Unit;
        if (outcome.IsSuccess != exists)
        {
            return $"{index} is answered by {outcome}; it {(exists ? "exists" : "does not exist")}";
        }

        if (!exists)
        {
            return null;
        }

        var isNew = !_model.Holds(index);
        var difference = _model.Take(index, page);
        return difference is null && isNew && page.Cleared && _world.Machine.Contents.Read(page.Frame.Address, 8) != 0
            ? $"{index} is called cleared and holds what was written to {page.Frame} before"
            : difference;
    }

    private string? Begin(in BackingCommand command)
    {
        var pages = new PageIndexRange(new(command.Unit * _world.Unit), command.Count * _world.Unit);
        if (_open.Exists(scope => scope.Pages.Overlaps(pages)))
        {
            return null;
        }

        // Part of a unit, where there are parts.
        pages = command.IsLast && _world.Unit > 1 ? new(pages.Start, _world.Unit / 2) : pages;
        var opened = _world.Store.BeginInvalidate(pages, command.Kinds);
        _open.Add(opened);
        return opened.Pages != pages || opened.Failed ? $"an invalidation of {pages} is {opened}" : HeardOther(BackingWorld.BeginWords(pages, command.Kinds));
    }

    private string? Free(InvalidationScope scope)
    {
        var mayGo = _world.Divides(scope.Pages) && !_model.IsMapped(scope.Pages);
        var held = _model.CountIn(scope.Pages);
        var outcome = _world.Store.Free(scope);
        if (outcome.IsSuccess != mayGo)
        {
            return $"freeing {scope.Pages} is answered by {outcome}; it {(mayGo ? "can go" : "is mapped, or cannot be divided so")}";
        }

        if (mayGo)
        {
            _model.Free(scope.Pages);
        }

        return mayGo && outcome.Info != held ? $"freeing {scope.Pages} counts {outcome.Info} pages; {held} were there" : null;
    }

    private string? End(int open)
    {
        var scope = _open[open];
        _world.Store.EndInvalidate(scope);
        _open.RemoveAt(open);
        return HeardOther(BackingWorld.EndWords(scope.Pages));
    }

    private string? Unpin()
    {
        if (_model.TryUnpin(out var frame))
        {
            _world.Machine.Frames.Unpin(new(frame, 1), PinOwner.Vfio);
        }

        return null;
    }

    private string? Use(in BackingCommand command)
    {
        var index = PageOf(command);
        if (!_model.TryFrame(index, out var frame))
        {
            return null;
        }

        var gfn = new Gfn(index.Value);
        switch (command.Call)
        {
            case BackingCall.Map when !_model.IsMapped(new(index, 1)) && _world.Map(gfn, frame):
                _model.Map(index);
                break;
            case BackingCall.Unmap:
                _world.Vm.Zap(new(gfn, 1), KindFilter.Both);
                _model.Unmap(index);
                break;
            case BackingCall.Pin when _world.Machine.Frames.Pin(new(frame, 1), PinOwner.Vfio).IsSuccess:
                _model.Pin(frame);
                break;
            case BackingCall.Write:
                _world.Machine.Contents.Write(frame.Address, 8, Secret);
                break;
            default:
                break;
        }

        return null;
    }

    private string? HeardOther(string expected)
    {
        var heard = string.Join("\", \"", _world.Heard);
        _world.Heard.Clear();
        return heard == expected ? null : $"the listener heard \"{heard}\" instead of \"{expected}\"";
    }
}
