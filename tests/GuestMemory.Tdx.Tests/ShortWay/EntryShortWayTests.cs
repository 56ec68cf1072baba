using Xunit;

namespace GuestMemory.Tdx.Tests.ShortWay;

/// <summary>The short way beside the checks it stands for: it passes a call where none of them refuses, finds what they find, and leaves other calls as they were.</summary>
public sealed class EntryShortWayTests
{
    private const ulong Tdr = TdxWorld.FirstTdmr;
    private const ulong Page = 0x40400000;
    private static readonly ulong[] s_gpas = [0, 0x2000, 0x20_0000, 0x20_1000, 0x4000_0000, 1UL << 47, 1UL << 48, 1UL << 51, 1UL << 52, 0x2008];
    private static readonly ulong[] s_tds = [Tdr, Tdr | 1, Tdr | 2, Tdr | 0x800, Tdr + 0x1000, Page, 0, Tdr | (1UL << 46), Tdr | (1UL << 52), Tdr | (1UL << 63)];

    private readonly TdxWorld _world = new();
    private readonly Td _td;
    private int _passed;
    private int _refused;

    public EntryShortWayTests()
    {
        _td = _world.AddTd();
        ulong[] levels = [3, 2, 1];
        for (var table = 0; table < levels.Length; table++)
        {
            _world.Expect(TdxFunction.MemSeptAdd, levels[table], Tdr, Tdr + 0x10000 + ((ulong)table << 12));
        }
    }

    private static IEnumerable<HostFunction> Covered => HostFunctionTable.All.Where(function => EntryShortWay.Covers(function.Checks.Checks) > 0);

    [Fact]
    public void It_stands_for_the_first_checks_of_ten_functions()
    {
        var expected = new[]
        {
            ("TDH.MEM.SEPT.ADD", 16), ("TDH.MEM.PAGE.RELOCATE", 15), ("TDH.MEM.PAGE.AUG", 15), ("TDH.MEM.RANGE.BLOCK", 15), ("TDH.MEM.PAGE.DEMOTE", 16),
            ("TDH.MEM.PAGE.PROMOTE", 15), ("TDH.MEM.PAGE.REMOVE", 15), ("TDH.MEM.SEPT.REMOVE", 15), ("TDH.MEM.RANGE.UNBLOCK", 15),
            ("TDH.EXPORT.UNBLOCKW", 15),
        };
        Assert.Equal(expected.Order(), Covered.Select(function => (function.Name, EntryShortWay.Covers(function.Checks.Checks))).Order());
        Assert.All(Covered, function => Assert.EndsWith("/entry-busy", function.Checks.Checks[EntryShortWay.Covers(function.Checks.Checks) - 1].Id, StringComparison.Ordinal));
    }

    [Fact]
    public void It_is_equal_to_the_checks_whatever_the_operands()
    {
        foreach (var function in Covered)
        {
            foreach (var (gpa, td) in s_gpas.SelectMany(_ => s_tds, (gpa, td) => (gpa, td)))
            {
                for (var level = 0UL; level < 8; level++)
                {
                    CompareAll(function, gpa | level, td);
                }
            }
        }

        AssertBothMet();
    }

    [Fact]
    public void It_is_equal_to_the_checks_whatever_the_TD_is()
    {
        foreach (var (opState, lifecycle) in Enum.GetValues<TdxOpState>().SelectMany(_ => Enum.GetValues<TdLifecycle>(), (op, life) => (op, life)))
        {
            for (var bits = 0; bits < 16; bits++)
            {
                (_td.OpState, _td.Lifecycle, _td.IsFatal, _td.IsWide) = (opState, lifecycle, (bits & 1) != 0, (bits & 2) != 0);
                var page = (bits & 4) != 0 ? TakeControlPage() : (Pfn?)null;
                var tree = _td.Sept;
                _td.Sept = (bits & 8) != 0 ? null : tree;
                foreach (var function in Covered)
                {
                    CompareAll(function, 0x2000 | (ulong)function.LowestLevel, Tdr);
                    CompareAll(function, (1UL << 47) | (ulong)function.LowestLevel, Tdr);
                }

                _td.Sept = tree;
                _td.ControlPageList.AddRange(page is { } taken ? [taken] : []);
            }
        }

        AssertBothMet();
    }

    [Fact]
    public void It_is_equal_to_the_checks_whatever_the_entry_is_and_whoever_holds_it()
    {
        foreach (var level in (SeptLevel[])[SeptLevel.Pt, SeptLevel.Pd, SeptLevel.Pdpt])
        {
            var place = _td.Sept!.Walk(default, level);
            var (before, frame) = (place.Entry, new Spa(Page).Frame);
            foreach (var state in Enum.GetValues<SeptEntryState>())
            {
                for (var bits = 0; bits < 8; bits++)
                {
                    var entry = state is SeptEntryState.Free ? SeptEntry.Free : before.With(state, (ulong)bits >> 2 == 0 ? 0 : SeptEntry.ReadWriteExecute).WithPage(frame);
                    place.Page[place.Index] = entry.WithLock((bits & 1) != 0).WithHostPriority((bits & 2) != 0);
                    foreach (var function in Covered)
                    {
                        CompareAll(function, (ulong)level, Tdr);
                        CompareAll(function, level > SeptLevel.Pt ? (ulong)level - 1 : 1, Tdr);
                    }
                }
            }

            place.Page[place.Index] = before;
        }

        AssertBothMet();
    }

    [Fact]
    public void Where_a_lock_is_held_the_checks_are_asked()
    {
        HeldLock[] locks = [HeldLock.Pamt(PageSize.Size4K, _td.Tdr), HeldLock.OpState(_td.Tdr), HeldLock.SeptTree(_td.Tdr), HeldLock.Keys];
        foreach (var (held, function) in locks.SelectMany(_ => Covered, (held, function) => (held, function)))
        {
            _world.Module.Locks.Take(held, exclusive: true);
            var call = Call(function, (ulong)function.LowestLevel, Tdr, 0);
            Assert.False(EntryShortWay.Passes(ref call));
            _world.Module.Locks.Release(held);
        }
    }

    private Pfn TakeControlPage()
    {
        var page = _td.ControlPageList[^1];
        _td.ControlPageList.RemoveAt(_td.ControlPageList.Count - 1);
        return page;
    }

    private void CompareAll(HostFunction function, ulong rcx, ulong rdx)
    {
        for (var version = 0; version < 3; version++)
        {
            Compare(Call(function, rcx, rdx, version), Call(function, rcx, rdx, version));
        }
    }

    private HostCall Call(HostFunction function, ulong rcx, ulong rdx, int version) => new(_world.Module.State, function, new(rcx, rdx, Page), version, 0);

    private void Compare(HostCall asked, HostCall call)
    {
        var checks = asked.Function.Checks.Checks;
        var refusal = new RuleTable<HostCall, TdxAnswer>([.. checks.Take(EntryShortWay.Covers(checks))]).Decide(ref asked, RuleSwitches.AllOn);
        var passes = EntryShortWay.Passes(ref call);
        Assert.True(passes == refusal is null, $"{call.Function}, {call.Registers}, {_td.OpState}: {refusal}");
        _ = passes ? _passed++ : _refused++;
        if (!passes)
        {
            Assert.True(call.Td is null && !call.Place.Exists && call.Entry == default && !call.HoldsEntry);
            return;
        }

        Assert.Same(asked.Td, call.Td);
        Assert.Same(asked.Place.Page, call.Place.Page);
        Assert.Equal((asked.Place.Index, asked.Entry, asked.HoldsEntry), (call.Place.Index, call.Entry, call.HoldsEntry));
    }

    private void AssertBothMet()
    {
        Assert.True(_passed > 50 && _refused > 50, $"{_passed} calls passed, {_refused} were refused");
    }
}
