using Xunit;
using static GuestMemory.Tdx.Tests.Invariants.HandMade;

namespace GuestMemory.Tdx.Tests.Invariants;

/// <summary>What one step is, and where it can have changed anything.</summary>
public sealed class StepTests
{
    private static readonly Pfn s_far = new(0x40a00);
    private static readonly TdxStatus s_error = TdxStatus.Of(TdxStatusCode.OperandBusy);
    private readonly HandMade _world = new();
    private readonly ModuleShadow _before;

    public StepTests() => _before = new(_world.Module, keepsBytes: false);

    [Theory]
    [InlineData(TdxOperationKind.GuestAccess, true)]
    [InlineData(TdxOperationKind.HostAccess, true)]
    [InlineData(TdxOperationKind.HostCall, false)]
    [InlineData(TdxOperationKind.GuestCall, false)]
    public void Accesses_are_guests_and_hosts(TdxOperationKind kind, bool isAccess) => Assert.Equal(isAccess, Step(new(kind, default, default, default, default)).IsAccess);

    [Fact]
    public void A_guests_call_refuses_by_an_error_or_by_leaving_but_not_when_interrupted()
    {
        GuestResult[] results = [new(GuestEvent.Status), new(GuestEvent.Status, s_error), new(GuestEvent.Status, s_error, Interrupted: true), new(GuestEvent.TdExit), new(GuestEvent.TdExit, Interrupted: true)];
        Assert.Equal(
            [false, true, false, true, false],
            results.Select(result => Step(new TdxOperation(TdxOperationKind.GuestCall, TdxFunction.GuestPageAccept, default, default, default) { Guest = result }).IsRefused));
    }

    [Fact]
    public void An_accept_is_of_the_td_whose_vcpu_called()
    {
        var vcpu = _world.Vcpu().Tdvpr;
        bool IsAccept(TdxOperationKind kind, TdxFunction function, Pfn tdr) => Step(new(kind, function, vcpu, default, default)).IsAcceptOf(tdr);
        Assert.True(IsAccept(TdxOperationKind.GuestCall, TdxFunction.GuestPageAccept, _world.Td.Tdr));
        Assert.False(IsAccept(TdxOperationKind.GuestCall, TdxFunction.GuestPageAccept, _world.Other.Tdr));
        Assert.False(IsAccept(TdxOperationKind.HostCall, TdxFunction.GuestPageAccept, _world.Td.Tdr));
        Assert.False(IsAccept(TdxOperationKind.GuestCall, TdxFunction.GuestPageAttrRd, _world.Td.Tdr));
    }

    [Theory]
    [InlineData(63, false)]
    [InlineData((int)TdxFunction.ExportAbort, true)]
    [InlineData((int)TdxFunction.ExportStateImmutable, true)]
    [InlineData((int)TdxFunction.ImportStateImmutable, true)]
    [InlineData(86, false)]
    public void Functions_of_migration_may_touch_every_td(int function, bool all)
    {
        Assert.Equal(all, Step(new(TdxOperationKind.HostCall, (TdxFunction)function, default, default, default)).HasTree(_world.Other.Tdr));
        Assert.False(Step(new(TdxOperationKind.GuestCall, (TdxFunction)function, default, default, default)).HasTree(_world.Other.Tdr));
    }

    [Fact]
    public void Everything_is_looked_at_when_wanted()
    {
        var step = Step(_world.Call(TdxFunction.MemTrack, page: Mapped), CheckScope.Everything);
        Assert.True(step.HasTree(_world.Td.Tdr) && step.HasTree(_world.Other.Tdr));
        Assert.False(step.HasTree(Mapped));
    }

    [Fact]
    public void Frames_that_no_pamt_knows_name_nothing()
    {
        var step = Step(_world.Call(TdxFunction.MemTrack));
        Assert.True(step.HasTree(_world.Td.Tdr));
        Assert.False(step.HasTree(new(2)));
    }

    [Fact]
    public void A_page_that_left_a_tree_is_looked_at()
    {
        _world.Disown(Mapped);
        _world.Write(new(2), SeptLevel.Pt, SeptEntry.Free);
        Assert.Equal([(Mapped, PageSize.Size4K)], Changed());
    }

    [Fact]
    public void A_page_that_came_into_a_tree_is_looked_at()
    {
        _world.Page(new(7), SeptLevel.Pt, s_far, SeptEntryState.Pending);
        Assert.Equal([(s_far, PageSize.Size4K)], Changed());
    }

    [Fact]
    public void The_entry_of_1G_is_looked_at()
    {
        _world.Module.Pamt.Write(PageSize.Size1G, new(0x40000), new(PageType.Reg, _world.Td.Tdr, 0));
        Assert.Equal([(new Pfn(0x40000), PageSize.Size1G)], Changed());
    }

    [Fact]
    public void Small_entries_are_looked_at_where_the_large_one_changed()
    {
        _world.Module.Pamt.Write(PageSize.Size2M, Large, default);
        _world.Module.Pamt.Write(PageSize.Size4K, Large + 5, new(PageType.Reg, _world.Td.Tdr, 0));
        Assert.Equal([(Large, PageSize.Size2M), (Large + 5, PageSize.Size4K)], Changed());
    }

    [Fact]
    public void The_next_block_is_not_looked_at()
    {
        _world.Own(new(0x40200), PageSize.Size4K, PageType.Reg);
        Assert.Empty(Changed());
    }

    [Fact]
    public void A_page_that_changed_is_looked_at_as_what_it_was_and_as_what_it_is()
    {
        var table = new Pfn(0x40012);
        _world.Module.Pamt.Write(PageSize.Size4K, table, new(PageType.Reg, _world.Td.Tdr, 0));
        var step = Step(_world.Call(TdxFunction.MemTrack));
        Assert.Equal([new(table, PageSize.Size4K, false), new(table, PageSize.Size4K, true)], TdxScan.Of(step, _before).Places);
    }

    [Fact]
    public void A_sweep_takes_tables_for_tables_alone()
    {
        var places = TdxScan.Of(_world.Module).Places;
        Assert.Contains(new(_world.Td.Tdr, PageSize.Size4K, false), places);
        Assert.DoesNotContain(new(_world.Td.Tdr, PageSize.Size4K, true), places);
    }

    private TdxStep Step(TdxOperation operation, CheckScope scope = CheckScope.Touched) => new(_world.Module, operation, _before, scope);

    private (Pfn, PageSize)[] Changed() => [.. Step(_world.Call(TdxFunction.MemTrack)).PamtChanges.Select(change => (change.Frame, change.Size))];
}
