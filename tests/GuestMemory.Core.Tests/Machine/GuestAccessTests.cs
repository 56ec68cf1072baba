using Xunit;

namespace GuestMemory.Tests;

/// <summary>A guest's own access: which translation it goes through, what it asks the ownership table, and what is said of it.</summary>
public sealed class GuestAccessTests
{
    private static readonly Gfn s_gfn = new(0x10);
    private readonly ScriptedTable _table = new();
    private readonly VirtualMachine _vm;

    public GuestAccessTests()
    {
        var technology = new TestTechnology();
        _vm = new MachineFactory(new() { CachesTranslations = true, OwnershipTable = _ => _table }, [technology]).Create().CreateVm(technology);
    }

    [Fact]
    public void A_cached_right_that_suffices_is_used()
    {
        Map(frame: 7);
        _vm.Cache.Fill(0, s_gfn, To(5, writable: true));

        Assert.Equal((true, new Pfn(5)), Translate(isWrite: false));
        Assert.Equal((true, new Pfn(5)), Translate(isWrite: true));
    }

    // A CPU that has a read-only right cached walks again to write, and only then.
    [Fact]
    public void A_cached_right_that_does_not_suffice_is_walked_past()
    {
        Map(frame: 7);
        _vm.Cache.Fill(0, s_gfn, To(5, writable: false));

        Assert.Equal((true, new Pfn(5)), Translate(isWrite: false));
        Assert.Equal((true, new Pfn(7)), Translate(isWrite: true));
    }

    [Fact]
    public void A_read_only_leaf_answers_reads_alone()
    {
        _vm.Mmu.Map(new(s_gfn, new(7), PageSize.Size4K, PageKind.Shared, Writable: false, _vm.Sequence.Sample()));

        Assert.Equal((true, new Pfn(7)), Translate(isWrite: false));
        Assert.False(Translate(isWrite: true).Found);
    }

    // Without a bit of its own an access is of the kind the leaf has; with one, of the kind it asks.
    [Theory]
    [InlineData(PageKind.Private, null, true)]
    [InlineData(PageKind.Shared, null, false)]
    [InlineData(PageKind.Private, false, false)]
    [InlineData(PageKind.Shared, true, true)]
    public void What_an_access_asks_decides_whether_it_is_encrypted(PageKind leaf, bool? asksPrivate, bool encrypted)
    {
        var translation = To(5, writable: true) with { Kind = leaf };

        _vm.Write(0, s_gfn.Address, 8, translation, 1, asksPrivate);
        _vm.Read(0, s_gfn.Address, 8, translation, out _, asksPrivate);

        Assert.Equal(
            [
                new(FrameOwner.Of(_vm.Id), AccessKind.Write, new(5), PageSize.Size4K, encrypted, s_gfn),
                new(FrameOwner.Of(_vm.Id), AccessKind.Read, new(5), PageSize.Size4K, encrypted, s_gfn),
            ],
            _table.Checks);
    }

    [Fact]
    public void Every_access_is_said_with_its_frame_and_its_judgement()
    {
        var translation = To(5, writable: true);
        var allowed = StepRecorder.During(_vm.Machine, Both);
        _table.Prepare(new(new(new(5), 1), new(9), s_gfn, PageKind.Private));
        var denied = StepRecorder.During(_vm.Machine, Both);

        Assert.Equal([Step(Outcome.Success), Step(Outcome.Success)], allowed);
        var refusal = CoreRules.Denied.Refuse(5) with { Lane = Lane.Fault };
        Assert.Equal([Step(refusal), Step(refusal)], denied);

        void Both()
        {
            _vm.Read(0, s_gfn.Address, 8, translation, out _);
            _vm.Write(0, s_gfn.Address, 8, translation, 1);
        }
    }

    private static Translation To(ulong frame, bool writable) => new(new(frame), PageSize.Size4K, PageKind.Shared, writable);

    private StepEvent Step(Outcome outcome) => new(StepKind.GuestAccess, _vm.Id, s_gfn.Value, 1, 5, outcome);

    private void Map(ulong frame) => _vm.Mmu.Map(new(s_gfn, new(frame), PageSize.Size4K, PageKind.Shared, Writable: true, _vm.Sequence.Sample()));

    private (bool Found, Pfn Frame) Translate(bool isWrite) => (_vm.TryTranslate(0, s_gfn, isWrite, out var translation), translation.Frame);
}
