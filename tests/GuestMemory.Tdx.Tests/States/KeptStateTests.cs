using Xunit;

namespace GuestMemory.Tdx.Tests.States;

// The small tables a module keeps, each alone.
public sealed class KeptStateTests
{
    private static readonly HeldLock s_tree = HeldLock.SeptTree(new(0x40000));

    [Fact]
    public void A_lock_is_held_by_one_or_shared_by_several()
    {
        var locks = new HeldLocks();
        locks.Take(s_tree, exclusive: true);
        Assert.Throws<InvalidOperationException>(() => locks.Take(s_tree, exclusive: true));
        locks.Release(s_tree);
        Assert.Throws<InvalidOperationException>(() => locks.Release(s_tree));

        locks.Take(s_tree, exclusive: false);
        locks.Take(s_tree, exclusive: false);
        Assert.Throws<InvalidOperationException>(() => locks.Take(s_tree, exclusive: true));
        locks.Release(s_tree);
        Assert.Equal((true, false), (locks.IsBusy(s_tree, exclusive: true), locks.IsBusy(s_tree, exclusive: false)));
        locks.Release(s_tree);
        Assert.False(locks.Any);
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(2, 2, 3)]
    [InlineData(4, 4, 5)]
    [InlineData(5, 5, 5)]
    [InlineData(9, 5, 5)]
    public void An_interrupt_is_looked_for_once_a_piece_of_work(int strikesAt, int done, int looks)
    {
        var injector = new StrikeAt(strikesAt);
        Assert.Equal(done, new Interrupts { Injector = injector }.Poll(5));
        Assert.Equal(looks, injector.Looks);
    }

    [Fact]
    public void Only_a_private_identifier_has_a_key()
    {
        var keys = new KeyTable(TdxWorld.Recorded);
        Assert.NotEqual(ContentKey.None, keys.KeyOf(TdxWorld.Recorded.ModuleHkid));
        foreach (var number in new ushort[] { 0, 31, 64, 65 })
        {
            keys.MakeKey(new(number));
            keys.SetPending(new(number), 1);
            Assert.Equal((ContentKey.None, 0U), (keys.KeyOf(new(number)), keys.PendingWriteBacks(new(number))));
        }

        keys.SetPending(new(63), 1);
        Assert.Equal(1U, keys.PendingWriteBacks(new(63)));
        var writer = new StateWriter([]);
        keys.WriteState(ref writer);
        Assert.Equal(8 + (32 * 17), writer.Written.Length);
    }

    [Fact]
    public void The_pages_of_pairs_are_found_in_the_table()
    {
        var pamt = new Pamt(TdxWorld.Recorded.Tdmrs);
        var pairs = new PamtPairs(Dynamic(true), pamt);
        pairs.Give(new(0x40000), new(0x41200), new(0x415ff));
        pamt.Write(PageSize.Size2M, new(0x40200), new(PageType.Reg, new(0x42000), 0x42001));
        pamt.Write(PageSize.Size1G, new(0x10_0000), new(PageType.Pamt, new(0x43000), 0x43001));

        var found = new PamtPairs(Dynamic(true), pamt);
        found.Find();
        Assert.Equal((true, true), (found.Serves(new(0x41200)), found.Serves(new(0x415ff))));
        Assert.Equal((false, false), (found.Serves(new(0x42000)), found.Serves(new(0x43000))));
        Assert.Equal((false, true, false), (found.ServesWithin(new(0x411ff)), found.ServesWithin(new(0x413ff)), found.ServesWithin(new(0x41600))));
        Assert.Equal((false, true), (found.ServesWithin(new(0x41000)), found.ServesWithin(new(0x41400))));

        pamt.Write(PageSize.Size2M, new(0x40000), default);
        found.Find();
        Assert.False(found.Serves(new(0x41200)));
    }

    [Fact]
    public void A_module_without_pairs_looks_for_none()
    {
        var pamt = new Pamt(TdxWorld.Recorded.Tdmrs);
        pamt.Write(PageSize.Size2M, new(0x40000), new(PageType.Pamt, new(0x41200), 0x41201));
        var pairs = new PamtPairs(Dynamic(false), pamt);
        pairs.Find();
        Assert.False(pairs.Serves(new(0x41200)));
    }

    [Fact]
    public void A_list_entry_keeps_no_bit_of_what_it_said_before()
    {
        var entry = new GpaListEntry(new(0x5000), (GpaListOperation)1, isPending: true);
        Assert.Equal(2, (int)entry.With((GpaEntryStatus)0x1d).With((GpaEntryStatus)2).Status);
        Assert.Equal(new Gpa(0x5000), entry.With((GpaEntryStatus)0x1d).With((GpaEntryStatus)2).Gpa);
        var mapped = new GpaListEntry(entry.Raw | (7UL << 7));
        Assert.Equal(entry.Raw & ~4UL, mapped.Exported(isPending: false).Raw);
        Assert.Equal(entry.Raw, mapped.Exported(isPending: true).Raw);
        Assert.Equal(new GpaListInfo(new(0x7000), 511, 2), new GpaListInfo(new(0x7000), 511, 509).From(2));
    }

    [Fact]
    public void A_removed_entry_says_when_and_another_does_not()
    {
        Assert.Equal(77U, ImportSteps.RemovedIn(SeptEntry.Removed(77)));
        Assert.Null(ImportSteps.RemovedIn(SeptEntry.Free));
    }

    [Fact]
    public void What_was_measured_before_is_part_of_a_measurement()
    {
        var (one, two) = (new Td(new(1), new(33)) { Measurement = 1 }, new Td(new(1), new(33)) { Measurement = 2 });
        TdMeasurement.Extend(one, 5, 6);
        TdMeasurement.Extend(two, 5, 6);
        Assert.NotEqual(one.Measurement, two.Measurement);
    }

    private static TdxPlatform Dynamic(bool isDynamic) => TdxWorld.Recorded with { Version = new("pairs") { HasDynamicPamt = isDynamic } };

    private sealed class StrikeAt(int at) : IFaultInjector
    {
        public int Looks { get; private set; }

        public bool Strikes(InjectionPoint point) => Looks++ == at;
    }
}
