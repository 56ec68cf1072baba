using Xunit;

namespace GuestMemory.Tests;

/// <summary>The software table as a small world checked whole: two guests, two frames, two kinds, every operation.</summary>
public sealed class SoftwareOwnershipTableTests
{
    private static readonly Pfn[] Frames = [new(10), new(11)];
    private static readonly GuestId[] Guests = [new(1), new(2)];

    /// <summary>Nobody's, or each guest's as its own or lent to it, at one of two guest frames.</summary>
    private static (GuestId Guest, PageKind Kind, Gfn Gfn)?[] States { get; } =
    [
        null,
        .. from guest in Guests from kind in new[] { PageKind.Shared, PageKind.Private } from gfn in new[] { new Gfn(5), new Gfn(6) }
           select ((GuestId, PageKind, Gfn)?)(guest, kind, gfn),
    ];

    private static IEnumerable<((GuestId Guest, PageKind Kind, Gfn Gfn)? First, (GuestId Guest, PageKind Kind, Gfn Gfn)? Second)> Worlds =>
        from first in States from second in States select (first, second);

    [Fact]
    public void The_worlds_are_counted() => Assert.Equal(81, Worlds.Count());

    // Total: every frame has an answer, and it is what was prepared last.
    [Fact]
    public void Every_frame_has_an_owner()
    {
        foreach (var world in Worlds)
        {
            var table = Build(world);
            foreach (var (frame, state) in new[] { (Frames[0], world.First), (Frames[1], world.Second), (new Pfn(99), null) })
            {
                var entry = table.LookUp(frame);
                var own = state is { Kind: PageKind.Private };
                Assert.Equal(own ? FrameOwner.Of(state!.Value.Guest) : FrameOwner.Host, entry.Owner);
                Assert.Equal(state is { Kind: PageKind.Shared } ? (1, state.Value.Guest) : (0, GuestId.None), (entry.Borrowers, entry.Borrower));
                Assert.Equal(state?.Gfn ?? default, entry.Gfn);
            }
        }
    }

    // I5: a frame is one guest's at a time; a run is refused whole when any frame of it is another guest's.
    [Fact]
    public void Preparing_is_refused_exactly_for_another_guests_frame_and_changes_nothing_then()
    {
        var cases = 0;
        var refusals = 0;
        foreach (var world in Worlds)
        {
            foreach (var (guest, kind, count) in from guest in Guests from kind in new[] { PageKind.Shared, PageKind.Private } from count in new[] { 1UL, 2UL } select (guest, kind, count))
            {
                var table = Build(world);
                var before = BytesOf(table);
                var outcome = table.Prepare(new(new(Frames[0], count), guest, new(7), kind));
                var foreign = (world.First is { } first && first.Guest != guest) || (count == 2 && world.Second is { } second && second.Guest != guest);

                Assert.Equal(foreign ? CoreRules.WrongOwner : null, outcome.DecidedBy);
                if (foreign)
                {
                    Assert.Equal(before, BytesOf(table));
                }
                else
                {
                    Assert.Equal(kind == PageKind.Private ? FrameOwner.Of(guest) : FrameOwner.Host, table.LookUp(Frames[count - 1]).Owner);
                    Assert.Equal(new(7 + count - 1), table.LookUp(Frames[count - 1]).Gfn);
                }

                cases++;
                refusals += foreign ? 1 : 0;
            }
        }

        Assert.Equal((648, 368), (cases, refusals));
    }

    [Fact]
    public void Preparing_and_reclaiming_twice_is_the_same_as_once()
    {
        foreach (var world in Worlds)
        {
            var table = Build(world);
            var request = new OwnershipRequest(new(Frames[0], 1), Guests[0], new(7), PageKind.Private);
            table.Prepare(request);
            var once = BytesOf(table);
            table.Prepare(request);
            Assert.Equal(once, BytesOf(table));

            Assert.True(table.Reclaim(new(Frames[0], 1)).IsSuccess);
            var reclaimed = BytesOf(table);
            Assert.True(table.Reclaim(new(Frames[0], 1)).IsSuccess);
            Assert.Equal(reclaimed, BytesOf(table));
            Assert.Equal(FrameOwner.Host, table.LookUp(Frames[0]).Owner);
            Assert.Equal(Build((null, world.Second)).LookUp(Frames[1]), table.LookUp(Frames[1]));
        }
    }

    // Its own guest touches a frame, and the host what is only lent; nobody else. Splitting and merging change nothing.
    [Fact]
    public void An_access_is_the_owners_or_to_what_is_lent()
    {
        var denied = 0;
        foreach (var world in Worlds)
        {
            var table = Build(world);
            var before = BytesOf(table);
            foreach (var accessor in new[] { FrameOwner.Host, FrameOwner.Of(Guests[0]), FrameOwner.Of(Guests[1]), new(OwnerKind.Firmware, default), new(OwnerKind.Transit, default) })
            {
                foreach (var kind in Enum.GetValues<AccessKind>())
                {
                    var judged = table.Check(new(accessor, kind, Frames[0], PageSize.Size4K, Encrypted: false));
                    var allowed = world.First is not { } state
                        || (accessor.Kind == OwnerKind.Guest && accessor.Guest == state.Guest)
                        || (accessor.Kind == OwnerKind.Host && state.Kind == PageKind.Shared);
                    Assert.Equal(allowed, judged.IsSuccess);
                    Assert.Equal(allowed ? (Lane.Status, null) : (Lane.Fault, CoreRules.Denied), (judged.Lane, judged.DecidedBy));
                    denied += allowed ? 0 : 1;
                }
            }

            Assert.True(table.Split(new(Frames[0], PageSize.Size4K)).IsSuccess && table.Merge(new(Frames[0], PageSize.Size4K)).IsSuccess);
            Assert.Equal(before, BytesOf(table));
        }

        Assert.Equal(756, denied);
    }

    [Fact]
    public void A_table_read_back_is_the_same()
    {
        foreach (var world in Worlds)
        {
            var table = Build(world);
            var other = Build((States[3], States[5]));
            var reader = new StateReader(BytesOf(table));
            other.ReadState(ref reader);
            Assert.Equal(BytesOf(table), BytesOf(other));
        }
    }

    // Issue, invariants: a write the table denies changed no byte, whoever makes it and however.
    [Fact]
    public void A_write_the_table_denies_changes_no_byte()
    {
        var world = TestWorld.Create(BackingProperties.MappableGuestMemfd);
        Assert.Equal(HostFault.None, world.Process.Store(TestWorld.Hva(0), 8, 0x11));
        var frame = world.FrameOf(0);
        world.Machine.Ownership.Prepare(new(new(frame, 1), new(7), default, PageKind.Private));
        var translation = new Translation(frame, PageSize.Size4K, PageKind.Shared, Writable: true);

        Assert.Equal(HostFault.NoPage, world.Process.Store(TestWorld.Hva(0), 8, 0x22));
        Assert.Equal(HostFault.NoPage, world.Process.Store(TestWorld.Hva(0) + 4093, 8, 0x22));
        Assert.Equal(HostFault.NoPage, world.Process.Load(TestWorld.Hva(0), 8, out var host));
        var judged = world.Vm.Write(0, TestWorld.Gfn(0).Address, 8, translation, 0x33);
        Assert.Equal((Lane.Fault, CoreRules.Denied), (judged.Lane, judged.DecidedBy));
        Assert.False(world.Vm.Read(0, TestWorld.Gfn(0).Address, 8, translation, out var guest).IsSuccess);

        Assert.Equal((0UL, 0UL, 0x11UL), (host, guest, world.Machine.Contents.Read(frame.Address, 8)));
        Assert.Empty(world.Vm.Cache.Entries);
    }

    private static SoftwareOwnershipTable Build(((GuestId Guest, PageKind Kind, Gfn Gfn)? First, (GuestId Guest, PageKind Kind, Gfn Gfn)? Second) world)
    {
        var table = new SoftwareOwnershipTable();
        foreach (var (frame, state) in new[] { (Frames[0], world.First), (Frames[1], world.Second) })
        {
            if (state is { } prepared)
            {
                Assert.True(table.Prepare(new(new(frame, 1), prepared.Guest, prepared.Gfn, prepared.Kind)).IsSuccess);
            }
        }

        return table;
    }

    // CORE/wrong-owner is asked through the switches the table was made with.
    [Fact]
    public void A_rule_that_is_off_refuses_nothing()
    {
        foreach (var rules in new[] { RuleSwitches.AllOn, RuleSwitches.AllOn.Without(CoreRules.WrongOwner.Id) })
        {
            var table = new SoftwareOwnershipTable(rules);
            Assert.True(table.Prepare(new(new(Frames[0], 1), Guests[0], new(5), PageKind.Private, PageSize.Size4K)).IsSuccess);

            Assert.Equal(rules.IsOff(CoreRules.WrongOwner), table.Prepare(new(new(Frames[0], 1), Guests[1], new(5), PageKind.Private, PageSize.Size4K)).IsSuccess);
        }
    }

    private static byte[] BytesOf(SoftwareOwnershipTable table)
    {
        var writer = new StateWriter([]);
        table.WriteState(ref writer);
        return writer.Written.ToArray();
    }
}
