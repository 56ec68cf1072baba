using GuestMemory.Tdx.Tests.Migration;

namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>A TD with one entry put into a state: of 4K at 0x2000, or of 2M at 0x200000. The function is called.</summary>
internal sealed class EntryWorld
{
    private const ulong Large = 0x200000;
    private const ulong LargePage = 0x40600000;
    private const ulong Target = 0x40800000;
    private const ulong Table = 0x40a00000;
    private const ulong OtherTable = 0x40a01000;
    private const ulong Source = 0x200000;

    private readonly MigrationWorld _world = new(TdxOpState.Initialized);
    private readonly StateRun _run;

    private EntryWorld(StateRun run)
    {
        _run = run;
        Prepare();
        (_world.Td.OpState, _world.Td.IsDebug, _world.Td.MigrationEpoch) = (run.OpState, true, 5);
    }

    private ulong Gpa => _run.Level == SeptLevel.Pt ? MigrationWorld.Gpa : Large;

    private ulong GpaAndLevel => Gpa | (ulong)_run.Level;

    private SeptPlace Place => _world.Td.Sept!.Walk(new Gpa(Gpa).Frame, _run.Level);

    /// <summary>The run with what came of it.</summary>
    public static StateRun Run(StateRun run)
    {
        var world = new EntryWorld(run);
        var place = world.Place;
        var refusal = default(Rule);
        var went = IsGuest(run.Function) ? world.CallGuest() : world.CallHost(out refusal);
        return run with { To = went ? place.Entry.State : null, NeedsBlock = refusal?.Id.EndsWith("/blocked", StringComparison.Ordinal) == true };
    }

    public static bool IsGuest(TdxFunction function) => GuestFunctionTable.Find(function) is not null;

    public static bool TakesList(TdxFunction function) => HostFunctionTable.Find(function)?.EntryRules.Count > 0;

    private bool CallGuest()
    {
        var result = _world.Module.Tdcall(_run.Function, _world.AddVcpu().Tdvpr, new(GpaAndLevel));
        return result is { Event: GuestEvent.Status, Status.IsSuccess: true };
    }

    private bool CallHost(out Rule? refusal)
    {
        if (TakesList(_run.Function))
        {
            _world.SetWord(MigrationWorld.Buffers, 0, Target);
            refusal = _world.One(_run.Function, _run.Operation, isPending: _run.IsPending).DecidedBy;
            return refusal is null && _world.Entry().Status == GpaEntryStatus.Success;
        }

        refusal = Call().DecidedBy;
        return refusal is null;
    }

    private TdxResult Call() => _run.Function switch
    {
        TdxFunction.MemSeptAdd => _world.Call(_run.Function, GpaAndLevel, MigrationWorld.Tdr | 1, OtherTable),
        TdxFunction.MemPageDemote => _world.Call(_run.Function, GpaAndLevel, MigrationWorld.Tdr, OtherTable),
        _ => _world.Call(_run.Function, GpaAndLevel, MigrationWorld.Tdr, Target, Source),
    };

    private void Prepare()
    {
        if (_run.Level == SeptLevel.Pt)
        {
            _world.Put(_run.From);
        }
        else if (_run.From.IsTable())
        {
            AddTable();
        }
        else
        {
            AddLarge(_run.From);
        }
    }

    // Besides PROMOTE an empty table will do.
    private void AddTable()
    {
        if (_run.Function == TdxFunction.MemPagePromote)
        {
            AddLarge(_run.IsPending ? SeptEntryState.Pending : SeptEntryState.Mapped);
            _world.Call(TdxFunction.MemPageDemote, GpaAndLevel, MigrationWorld.Tdr, Table);
        }
        else
        {
            _world.Call(TdxFunction.MemSeptAdd, GpaAndLevel, MigrationWorld.Tdr, Table);
        }

        if (_run.From == SeptEntryState.NonLeafBlocked)
        {
            _world.Call(TdxFunction.MemRangeBlock, GpaAndLevel, MigrationWorld.Tdr);
            _world.Call(TdxFunction.MemTrack, MigrationWorld.Tdr);
        }
    }

    private void AddLarge(SeptEntryState state)
    {
        if (state.IsLeaf())
        {
            _world.Call(TdxFunction.MemPageAug, GpaAndLevel, MigrationWorld.Tdr, LargePage);
        }

        var place = Place;
        place.Page[place.Index] = MigrationWorld.EntryOf(state, LargePage);
    }
}
