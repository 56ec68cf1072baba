using Xunit;
using static GuestMemory.Rmp.Tests.SmallWorlds.SmallWorld;

namespace GuestMemory.Rmp.Tests.SmallWorlds;

// Exemplar 13: every state is reached, and what must always and what must sometimes be so is said.
public sealed class ReachabilityTests
{
    private static readonly Pfn[] s_frames = [Head, Next, Head + 2, Head + 511];
    private static readonly Lazy<Reachable> s_space = new(() => new());

    // xunit runs one class's facts one after the other.
    private readonly Reachable _space = s_space.Value;

    // A frame has 19 entries: 8 of the guest's at each of two addresses, zero, Firmware, Reclaim. The rest of the block is zero, Reclaim or one of 4
    // smashed pages; the 2M page has 10 entries. A rule that quietly stops firing, or fires too often, shows here.
    [Fact]
    public void The_states_are_these_many() => Assert.Equal(((19 * 19 * 6) + 10, 19651), (_space.Count, _space.Steps));

    // INV-SNP-1.
    [Fact]
    public void Every_page_is_always_in_one_of_the_states_that_instructions_make()
    {
        HashSet<RmpPageState> made =
        [
            RmpPageState.Hypervisor, RmpPageState.Firmware, RmpPageState.Reclaim, RmpPageState.PreGuest, RmpPageState.PreSwap,
            RmpPageState.GuestInvalid, RmpPageState.GuestValid,
        ];

        Assert.True(_space.Always(table => s_frames.All(frame => made.Contains(table.StateOf(frame)))));
        Assert.All(made, state => Assert.True(_space.Sometimes(table => table.StateOf(Next) == state), state.ToString()));
    }

    // INV-SNP-3, 4, 5 and 6.
    [Fact]
    public void Fields_always_agree() => Assert.True(_space.Always(table => s_frames.Select(table.Resolve).All(entry =>
        (!entry.Validated || (entry.Assigned && entry.Asid.IsGuest))
        && (entry.Assigned || entry == default)
        && (!entry.Vmsa || entry.Asid.IsGuest)
        && (entry.Asid.IsGuest || entry.Gpa == default))));

    // INV-SNP-7 and 8.
    [Fact]
    public void A_large_page_is_always_whole_and_aligned()
    {
        Assert.True(_space.Always(table => table.Raw(Head).Size == PageSize.Size4K
            || (table.Raw(Head).Gpa.Frame.Value % 512 == 0 && table.AssignedIn2M(Head) == 512 && s_frames[1..].All(frame => table.Raw(frame) == new RmpEntry { Assigned = true }))));
        Assert.True(_space.Always(table => s_frames[1..].All(frame => table.Raw(frame).Size == PageSize.Size4K)));
        Assert.True(_space.Sometimes(table => table.StateOf(Next) == RmpPageState.GuestValid && table.IsInLargePage(Next)));
    }

    // Only PSMASH makes a third page a guest's, and it stays for ever: nobody in this world touches it alone.
    [Fact]
    public void A_smashed_pages_rest_stays()
    {
        Assert.True(_space.Sometimes(table => !table.IsInLargePage(Head) && table.StateOf(Head + 2) == RmpPageState.GuestValid && table.Resolve(Head + 2).Vmsa));
        Assert.True(_space.Always(table => table.Resolve(Head + 2) == (table.Resolve(Head + 511) with { Gpa = table.Resolve(Head + 2).Gpa })));
    }

    // INV-SNP-17 is the guest's to keep: one that validates naively has an address twice.
    [Fact]
    public void A_naive_guest_sometimes_has_an_address_twice() => Assert.True(_space.Sometimes(table =>
        table.StateOf(Head) == RmpPageState.GuestValid && table.StateOf(Next) == RmpPageState.GuestValid && table.Raw(Head).Gpa == table.Raw(Next).Gpa));

    // INV-SNP-10: the count is that of the entries.
    [Fact]
    public void The_guests_pages_are_always_counted() => Assert.True(_space.Always(table =>
        table.PagesOf(A) == (ulong)Enumerable.Range(0, 512).Count(page => table.Resolve(Head + (ulong)page).Asid == A)));
}
