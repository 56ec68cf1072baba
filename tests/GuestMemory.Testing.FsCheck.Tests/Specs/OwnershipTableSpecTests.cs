using GuestMemory.Testing.FsCheck.Tests.Fakes;
using Xunit;

namespace GuestMemory.Testing.FsCheck.Tests.Specs;

public sealed class OwnershipTableSpecTests
{
    [Fact]
    public void The_software_table_agrees() => OwnershipTableSpec.HoldsFor(_ => new SoftwareOwnershipTable());

    [Fact]
    public void A_table_that_takes_from_another_guest_is_caught_in_two_commands()
    {
        var thrown = Fails(_ => new BrokenTable { OnPrepare = TakeAway });

        Assert.Equal(["Prepare frames=0+1 guest=1 gfn=0 kind=Shared", "Prepare frames=0+1 guest=2 gfn=0 kind=Shared"], thrown.Commands.Order(StringComparer.Ordinal));
        Assert.Contains("Prepare answered Status 0", thrown.Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_that_leaves_the_last_frame_is_caught_in_two_commands()
    {
        var thrown = Fails(_ => new BrokenTable { OnReclaim = (table, frames) => table.Reclaim(new(frames.Start, frames.Count > 1 ? frames.Count - 1 : 1)) });

        Assert.Equal(2, thrown.Commands.Count);
        Assert.Contains("it should be: Host", thrown.Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_that_lets_the_host_write_is_caught_in_two_commands()
    {
        var thrown = Fails(_ => new BrokenTable { OnCheck = (table, access) => access.Accessor == FrameOwner.Host ? Outcome.Success : table.Check(access) });

        Assert.Equal(["Prepare frames=0+1 guest=1 gfn=0 kind=Private", "Check frame=0 accessor=host access=Write"], thrown.Commands);
    }

    [Fact]
    public void A_table_that_forgets_when_read_back_is_caught_in_two_commands() =>
        Assert.Equal("ReadBack", Fails(_ => new BrokenTable { ForgetsState = true }).Commands.Skip(1).Single());

    [Fact]
    public void The_text_has_numbered_commands_the_difference_and_the_options()
    {
        var thrown = Fails(_ => new BrokenTable { OnCheck = (table, access) => access.Accessor == FrameOwner.Host ? Outcome.Success : table.Check(access) });

        Assert.Equal(
            """
            an ownership table differs from its model: the access is answered by Status 0 (0x0); it should be Fault 17 (0x200) [CORE/denied]
            after 2 commands:
              1. Prepare frames=0+1 guest=1 gfn=0 kind=Private
              2. Check frame=0 accessor=host access=Write
            found with new() { Sequences = 200, Length = 40, Seed = 1 }
            """.ReplaceLineEndings("\n"),
            thrown.Message);
    }

    private static ModelSpecException Fails(Func<Machine, IOwnershipTable> create) => Assert.Throws<ModelSpecException>(() => OwnershipTableSpec.HoldsFor(create));

    private static Outcome TakeAway(SoftwareOwnershipTable table, OwnershipRequest request)
    {
        table.Reclaim(request.Frames);
        return table.Prepare(request);
    }
}
