using GuestMemory.Tdx.Tests.Guests;
using Xunit;

namespace GuestMemory.Tdx.Tests.Access;

// tdx.md, 9: guest, shared address.
public sealed class SharedAccessTests
{
    private const ulong Shared = 1UL << 47;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_the_host_maps_is_used_under_the_hosts_key(bool isWide)
    {
        var world = new GuestWorld(GuestWorld.With(MemoryIntegrity.Logical), isWide: isWide);
        world.Module.SharedEpt = new OnePage();
        world.Module.HostWrite(new(GuestWorld.P + 8), 8, 0x77);
        var gpa = (isWide ? 1UL << 51 : Shared) | 0x5008;

        Assert.Equal(new GuestResult(GuestEvent.Ok, Value: 0x77), world.Read(gpa));
        Assert.Equal(new GuestResult(GuestEvent.Ok), world.Write(gpa, 0x99));
        Assert.Equal(new HostAccessResult(HostAccessEvent.Ok, 0x99), world.Module.HostRead(new(GuestWorld.P + 8), 8));
    }

    [Fact]
    public void A_miss_raises_VE_where_the_host_lets_it()
    {
        var world = new GuestWorld();
        world.Module.SharedEpt = new OnePage();
        var ve = world.Read(Shared | 0x6008);
        Assert.Equal(new GuestResult(GuestEvent.VirtualizationException, ExitGpa: Shared | 0x6008, ExitQualification: 1, DecidedBy: ve.DecidedBy), ve);
        var exit = world.Write(Shared | 0x7008, 1);
        Assert.Equal(new GuestResult(GuestEvent.TdExit, ExitGpa: Shared | 0x7000, ExitQualification: 2, DecidedBy: exit.DecidedBy), exit);
    }

    [Fact]
    public void Without_tables_every_shared_address_leaves()
    {
        var result = new GuestWorld().Read(Shared | 0x5000);
        Assert.Equal(("TD.ACCESS/shared/present", GuestEvent.TdExit), (result.DecidedBy!.Id, result.Event));
    }

    // tdx.md, 9.1: through the host's tables a private page is what it is for the host.
    [Fact]
    public void A_private_page_behind_a_shared_address_reads_zero_and_breaks_when_written()
    {
        var world = new GuestWorld(GuestWorld.With(MemoryIntegrity.Logical));
        world.Module.SharedEpt = new OnePage();
        world.Map(0x2000, GuestWorld.P, SeptEntryState.Pending);
        world.Accept(0x2000);
        world.Write(0x2000, 0x5ec7e7);

        Assert.Equal(new GuestResult(GuestEvent.Ok), world.Read(Shared | 0x5000));
        Assert.Equal(GuestEvent.Ok, world.Write(Shared | 0x5000, 1).Event);
        Assert.Equal(GuestEvent.MachineCheck, world.Read(Shared | 0x5000).Event);
        Assert.True(world.Td.IsFatal);
    }

    // Guest frame 5 is there; 6 is not, and is for the guest to hear of; 7 is not, and is for the host.
    private sealed class OnePage : ISharedEpt
    {
        public bool TryTranslate(Pfn tdr, Gfn gfn, out Pfn frame, out bool suppressesVe)
        {
            frame = new Spa(GuestWorld.P).Frame;
            suppressesVe = gfn.Value != 6;
            return gfn.Value == 5 && tdr == new Spa(TdxWorld.FirstTdmr).Frame;
        }
    }
}
