using Xunit;

namespace GuestMemory.Tests;

/// <summary>Moving and writing out unmap; a guest whose private bytes do not survive that would lose them. Source: guest-memfd-rfc, swap and TDX.</summary>
public sealed class BoundToFrameTests
{
    private readonly ScriptedTable _table = new();

    [Fact]
    public void A_live_guest_whose_bytes_would_be_lost_keeps_its_page_where_it_is()
    {
        var store = Owned(bytesSurvive: false, out _);

        Assert.Equal(CoreRules.BoundToFrame.Refuse(0), store.Move(default));
        Assert.Equal(CoreRules.BoundToFrame.Refuse(0), store.SwapOut(default));
        Assert.Equal(1UL, store.HeldPages);
    }

    [Fact]
    public void A_guest_whose_bytes_survive_may_be_moved_under() => AssertLeaves(Owned(bytesSurvive: true, out _));

    [Fact]
    public void A_guest_that_is_gone_has_no_bytes_to_lose()
    {
        var store = Owned(bytesSurvive: false, out var vm);
        vm.Destroy();

        AssertLeaves(store);
    }

    [Fact]
    public void Without_the_rule_the_bytes_are_not_thought_of() =>
        AssertLeaves(Owned(bytesSurvive: false, out _, RuleSwitches.AllOn.Without(CoreRules.BoundToFrame.Id)));

    [Fact]
    public void What_firmware_or_nobody_owns_is_no_guests()
    {
        foreach (var owner in new[] { FrameOwner.Host, FrameOwner.Of(GuestId.None), new(OwnerKind.Firmware, new(1)) })
        {
            var store = Owned(bytesSurvive: false, out _);
            _table.Owner = owner;
            AssertLeaves(store);
        }
    }

    private static void AssertLeaves(BackingStore store)
    {
        Assert.True(store.Move(default).IsSuccess);
        store.AddFlags(new(default, 1), StoredPageFlags.Prepared);
        Assert.True(store.SwapOut(default).IsSuccess);
        Assert.Equal(0UL, store.HeldPages);
    }

    private BackingStore Owned(bool bytesSurvive, out VirtualMachine vm, RuleSwitches? rules = null)
    {
        var technology = new TestTechnology(bytesSurvive: bytesSurvive);
        var options = new MachineOptions { OwnershipTable = _ => _table, Rules = rules ?? RuleSwitches.AllOn };
        var machine = new MachineFactory(options, [technology]).Create();
        vm = machine.CreateVm(technology);
        var store = machine.CreateStore(BackingProperties.Memfd, 4096);
        store.GetPage(default, out var page);
        machine.Ownership.Prepare(new(new(page.Frame, 1), vm.Id, default, PageKind.Private));
        return store;
    }
}
