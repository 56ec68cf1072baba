namespace GuestMemory.Testing;

/// <summary>One of two trees that are given the same commands, on a machine of its own.</summary>
internal sealed class MmuSide
{
    private const int Vcpu = 0;
    private static readonly Gfn FirstGfn = new(0x400);
    private readonly Machine _machine;
    private readonly VirtualMachine _vm;
    private readonly Pfn _first;
    private MmuSample _late;

    public MmuSide(Func<VirtualMachine, ISecondaryMmu> create)
    {
        _machine = new MachineFactory(new() { CachesTranslations = true }, [new SpecTechnology(create)]).Create();
        _vm = _machine.CreateVm(_machine.Technologies[0]);
        _machine.Frames.TryTake(new(PageSize.Size2M.Order(), MmuCommand.Frames, FramePurpose.Guest), out var frames);
        _first = frames.Start;
        _late = _vm.Sequence.Sample();
    }

    /// <summary>Whether a map would put a frame where another one is, or change a leaf.</summary>
    public bool Replaces(in MmuCommand command)
    {
        var frames = command.Count * command.Size.FrameCount();
        for (var offset = 0UL; offset < frames; offset++)
        {
            if (_vm.Mmu.TryTranslate(FirstGfn + command.Gfn + offset, out var there)
                && there != new Translation(_first + command.Frame + offset, command.Size, command.Kind, Writable: true))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a walk finds, frames counted from 0.</summary>
    public Translation? Walk(ulong gfn) =>
        _vm.Mmu.TryTranslate(new(FirstGfn.Value + gfn), out var found) ? found with { Frame = new(unchecked(found.Frame.Value - _first.Value)) } : null;

    /// <summary>How often a frame is said to be mapped.</summary>
    public MapCounts Counts(ulong frame) => _machine.Mappings[_first + frame];

    /// <summary>A cached translation whose frame nobody counts as mapped any more; <see langword="null"/> for none.</summary>
    public string? StaleUse()
    {
        foreach (var entry in _vm.Cache.Entries)
        {
            if (_machine.Mappings[entry.Translation.Frame].Of(entry.Translation.Kind) == 0)
            {
                return $"a vCPU still uses gfn {entry.Gfn.Value - FirstGfn.Value}, whose frame {entry.Translation.Frame - _first} counts as mapped by nobody";
            }
        }

        return null;
    }

    /// <summary>Gives the tree a command.</summary>
    public MmuVerdict Apply(in MmuCommand command)
    {
        var gfn = FirstGfn + command.Gfn;
        var gfns = new GfnRange(gfn, command.Count);
        return command.Call switch
        {
            MmuCall.Map => Map(command, _vm.Sequence.Sample()),
            MmuCall.MapLate => Map(command, _late),
            MmuCall.Unmap => _vm.Mmu.Unmap(gfns, command.Kinds).Verdict,
            MmuCall.Flush => _vm.Mmu.Flush(gfns).Verdict,
            MmuCall.FlushAll => _vm.Mmu.Flush(new(FirstGfn, 2 * MmuCommand.Frames)).Verdict,
            MmuCall.Split => _vm.Mmu.Split(gfn).Verdict,
            MmuCall.Merge => _vm.Mmu.Merge(gfn.AlignDown(PageSize.Size2M), PageSize.Size2M).Verdict,
            _ => ApplyAround(command.Call, gfns),
        };
    }

    private MmuVerdict ApplyAround(MmuCall call, GfnRange gfns)
    {
        switch (call)
        {
            case MmuCall.Use when _vm.Mmu.TryTranslate(gfns.Start, out var found):
                _vm.Cache.Fill(Vcpu, gfns.Start, found);
                break;
            case MmuCall.Begin:
                _late = _vm.Sequence.Sample();
                _vm.Sequence.Begin(gfns);
                break;
            case MmuCall.End when _vm.Sequence.InProgress > 0:
                _vm.Sequence.End();
                break;
            case MmuCall.ReadBack:
                _machine.ReadState(_machine.WriteState().ToArray());
                break;
            default:
                break;
        }

        return MmuVerdict.Done;
    }

    private MmuVerdict Map(in MmuCommand command, MmuSample sample)
    {
        var (gfn, frame) = (FirstGfn + command.Gfn, _first + command.Frame);
        _machine.Ownership.Prepare(new(new(frame, command.Count * command.Size.FrameCount()), _vm.Id, gfn, command.Kind, command.Size));
        return _vm.Mmu.Map(new(gfn, frame, command.Size, command.Kind, Writable: true, sample, command.Count)).Verdict;
    }
}
