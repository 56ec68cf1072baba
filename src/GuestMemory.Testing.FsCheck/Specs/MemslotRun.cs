namespace GuestMemory.Testing;

/// <summary>A slot and its model under the same commands.</summary>
internal sealed class MemslotRun : ISpecRun<MemslotCommand>
{
    private readonly HostAddressSpace _process;
    private readonly BackingFile _file;
    private readonly MemslotLayout _layout;
    private readonly VirtualMachine _vm;
    private readonly IMemslot _slot;
    private bool _released;

    public MemslotRun(Func<VirtualMachine, MemslotLayout, IMemslot> create, bool fileServesShared)
    {
        var machine = new MachineFactory(technologies: [new SpecTechnology()]).Create();
        _process = machine.CreateProcess();
        _vm = machine.CreateVm(machine.Technologies[0]);
        _file = machine.OpenFile(_vm.Id, machine.CreateStore(BackingProperties.GuestMemfd, 1UL << 20, PageKind.Private));
        _layout = new(
            Id: 0, AddressSpace: 0, new(new(0x250), MemslotCommand.Frames), MemslotFlags.GuestMemfd, _process.Id.Number, 0x7f20, _file.Id, new(0x30), fileServesShared);
        _slot = create(_vm, _layout);
    }

    /// <inheritdoc/>
    public string? Apply(MemslotCommand command)
    {
        var difference = command.Call switch
        {
            MemslotCall.Resolve => Resolve(command),
            MemslotCall.FindShared => FindShared(command),
            MemslotCall.Release => Release(),
            _ => ReadBack(),
        };
        return difference ?? (_slot.Gfns == _layout.Gfns ? null : $"the slot is at {_slot.Gfns}; it should be at {_layout.Gfns}");
    }

    private string? Resolve(in MemslotCommand command)
    {
        var gfn = new Gfn(_layout.Gfns.Start.Value + command.At - MemslotCommand.Before);
        var outcome = ResolveOrRefuse(gfn, command.Kind, out var location);
        if (!outcome.IsSuccess)
        {
            return MustResolve(gfn, command.Kind) ? $"{command.Kind} {gfn} is answered by {outcome}; it should resolve" : null;
        }

        if (!MayResolve(gfn, command.Kind))
        {
            return $"{command.Kind} {gfn} resolves to {location}; it should be refused";
        }

        var offset = gfn - _layout.Gfns.Start;
        var isFile = IsOfFile(command.Kind);
        var expected = isFile ? _layout.FileStart + offset : new PageIndex(_layout.SharedPage + offset);
        return ReferenceEquals(location.Source, isFile ? _file : _process) && location.Index == expected
            ? null
            : $"{command.Kind} {gfn} resolves to {location}; it should be {expected} of the {(isFile ? "file" : "process")}";
    }

    // Calling a frame outside the caller's mistake is as good as refusing it.
    private Outcome ResolveOrRefuse(Gfn gfn, PageKind kind, out PageLocation location)
    {
        try
        {
            return _slot.Resolve(gfn, kind, out location);
        }
        catch (ArgumentException)
        {
            location = default;
            return CoreRules.NoBacking.Refuse(gfn.Value);
        }
    }

    private bool IsOfFile(PageKind kind) => kind == PageKind.Private || _layout.FileServesShared;

    private bool MayResolve(Gfn gfn, PageKind kind) => _layout.Gfns.Contains(gfn) && !(_released && IsOfFile(kind));

    private bool MustResolve(Gfn gfn, PageKind kind) => MayResolve(gfn, kind) && (kind == PageKind.Private) == (gfn - _layout.Gfns.Start >= MemslotCommand.Frames / 2);

    private string? FindShared(in MemslotCommand command)
    {
        var pages = new PageIndexRange(new(_layout.SharedPage + command.At - MemslotCommand.Before), command.Count);
        var found = new List<GfnRange>();
        _slot.FindShared(_process, pages, found);
        for (var offset = 0UL; offset < MemslotCommand.Frames; offset++)
        {
            var gfn = _layout.Gfns.Start + offset;
            var isFound = found.Exists(gfns => gfns.Contains(gfn));
            var isBehind = pages.Contains(new PageIndex(_layout.SharedPage + offset));
            if (isFound && !isBehind)
            {
                return $"{gfn} is found in front of {pages}; it is not";
            }

            if (isBehind && !isFound && !_layout.FileServesShared && offset < MemslotCommand.Frames / 2)
            {
                return $"{gfn} is in front of {pages} and not found";
            }
        }

        return found.Find(gfns => !_layout.Gfns.Contains(gfns)) is { IsEmpty: false } outside ? $"{outside} is found, outside the slot" : null;
    }

    private string? Release()
    {
        if (!_released)
        {
            _released = true;
            _file.Release();
        }

        return null;
    }

    private string? ReadBack()
    {
        var writer = new StateWriter([]);
        _slot.WriteState(ref writer);
        StateReader.ReadWhole(writer.Written, _slot);
        return null;
    }
}
