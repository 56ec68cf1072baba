using GuestMemory.Tdx.Tests.Guests;
using Xunit;

namespace GuestMemory.Tdx.Tests.Access;

// tdx.md, 5.1 and 9: translations a vCPU keeps until it is flushed. Beyond the recordings, whose harness had none.
public sealed class CachedTranslationTests
{
    private const ulong NotTracked = 0xc000_0b08_0000_0001;
    private readonly OperationLog _log = new();

    [Theory]
    [InlineData(false, GuestEvent.TdExit)]
    [InlineData(true, GuestEvent.Ok)]
    public void A_blocked_page_is_reached_until_the_vcpu_forgets_it(bool caches, GuestEvent expected)
    {
        var world = Touched(caches);
        Assert.Equal(0UL, world.Host(TdxFunction.MemRangeBlock, 0x2000).Status.Value);

        Assert.Equal(expected, world.Read(0x2000).Event);
        Assert.Equal(expected, world.Write(0x2008, 1).Event);
        Assert.False(_log.Last.IsStale);
        Assert.Equal(0UL, world.Track().Status.Value);
        Assert.Equal(expected, world.Read(0x2000).Event);

        world.Leave();
        world.Enter();
        Assert.Equal(GuestEvent.TdExit, world.Read(0x2000).Event);
    }

    // tdx.md, 16: scenario 18: the page is not given up while a vCPU may remember it.
    [Fact]
    public void A_page_is_not_removed_while_a_vcpu_remembers_it()
    {
        var world = Touched(caches: true);
        world.Host(TdxFunction.MemRangeBlock, 0x2000);
        Assert.Equal(NotTracked, world.Host(TdxFunction.MemPageRemove, 0x2000).Status.Value);
        world.Track();
        Assert.Equal(NotTracked, world.Host(TdxFunction.MemPageRemove, 0x2000).Status.Value);
        Assert.Equal(GuestEvent.Ok, world.Read(0x2000).Event);
        world.Leave();
        Assert.Equal(0UL, world.Host(TdxFunction.MemPageRemove, 0x2000).Status.Value);
        world.Enter();
        Assert.Equal(GuestEvent.TdExit, world.Read(0x2000).Event);
        Assert.DoesNotContain(_log.Operations, operation => operation.IsStale);
    }

    // What tracking stops.
    [Theory]
    [InlineData("TDH.MEM.PAGE.REMOVE/tracked", true)]
    [InlineData("TDH.MEM.PAGE.REMOVE/blocked", false)]
    public void Without_tracking_a_vcpu_reaches_a_page_that_is_no_more_its_TDs(string rule, bool isBlocked)
    {
        var rules = RuleSwitches.AllOn.Without(rule).Without("TDH.MEM.PAGE.REMOVE/tracked");
        var world = Touched(caches: true, rules);
        if (isBlocked)
        {
            Assert.Equal(0UL, world.Host(TdxFunction.MemRangeBlock, 0x2000).Status.Value);
        }

        Assert.Equal(0UL, world.Host(TdxFunction.MemPageRemove, 0x2000).Status.Value);
        world.Module.HostFill(new Spa(GuestWorld.P).Frame, 0x666);

        Assert.Equal(new GuestResult(GuestEvent.Ok, Value: 0x666), world.Read(0x2000));
        Assert.True(_log.Last.IsStale);
        Assert.Equal(GuestEvent.Ok, world.Write(0x2000, 0x777).Event);
        Assert.True(_log.Last.IsStale);
        Assert.Equal(0x777UL, world.Module.HostRead(new(GuestWorld.P), 8).Value);
    }

    // Another TD's page through the translation of its last owner.
    [Fact]
    public void A_stale_access_meets_the_next_owner()
    {
        var world = Touched(caches: true, RuleSwitches.AllOn.Without("TDH.MEM.PAGE.REMOVE/tracked"));
        var other = world.World.AddTd(TdxWorld.FirstTdmr + 0x100000, 34);
        world.AddTables(other, 0, SeptLevel.Pd);
        var vcpu = world.AddVcpu(other);
        world.Host(TdxFunction.MemRangeBlock, 0x2000);
        world.Host(TdxFunction.MemPageRemove, 0x2000);
        world.Map(other, 0x2000, GuestWorld.P, SeptEntryState.Mapped);
        world.Module.GuestWrite(vcpu.Tdvpr, new(0x2000), 8, 0x5ec7e7);
        Assert.False(_log.Last.IsStale);

        Assert.Equal(0x5ec7e7UL, world.Read(0x2000).Value);
        Assert.True(_log.Last.IsStale);
        Assert.Equal(world.Tdvpr, _log.Last.Vcpu);
    }

    [Theory]
    [InlineData(SeptEntryState.Mapped, GuestWorld.P + 0x1000, true)]
    [InlineData(SeptEntryState.Pending, GuestWorld.P, true)]
    [InlineData(SeptEntryState.Blocked, GuestWorld.P, false)]
    [InlineData(SeptEntryState.BlockedWrite, GuestWorld.P, false)]
    public void An_access_is_stale_when_the_accepted_page_there_is_another(SeptEntryState state, ulong page, bool isStale)
    {
        var world = Touched(caches: true);
        world.Map(0x2000, page, state);
        Assert.Equal(GuestEvent.Ok, world.Read(0x2000).Event);
        Assert.Equal(isStale, _log.Last.IsStale);
    }

    [Fact]
    public void A_page_under_a_blocked_table_is_still_the_TDs()
    {
        var world = Touched(caches: true);
        Assert.Equal(0UL, world.World.Call(TdxFunction.MemRangeBlock, 1, TdxWorld.FirstTdmr).Status.Value);
        Assert.Equal((GuestEvent.Ok, false), (world.Read(0x2000).Event, _log.Last.IsStale));
        Assert.Equal(GuestEvent.TdExit, world.Read(0x3000).Event);
    }

    // tdx.md, 16: scenario 55: why EXPORT.BLOCKW needs tracking too.
    [Fact]
    public void A_write_remembered_before_the_page_was_write_blocked_goes_on()
    {
        var world = Touched(caches: true);
        GuestWorld.Put(world.Td, 0x2000, world.EntryAt(0x2000).With(SeptEntryState.BlockedWrite, SeptEntry.ReadExecute));
        Assert.Equal(GuestEvent.Ok, world.Write(0x2000, 1).Event);
        world.Module.FindVcpu(world.Tdvpr)!.Translations.Flush();
        Assert.Equal(GuestEvent.Ok, world.Read(0x2000).Event);
        Assert.Equal(GuestEvent.TdExit, world.Write(0x2000, 1).Event);
    }

    [Fact]
    public void A_translation_without_the_right_is_looked_up_again()
    {
        var world = Touched(caches: true, state: SeptEntryState.BlockedWrite);
        GuestWorld.Put(world.Td, 0x2000, world.EntryAt(0x2000).With(SeptEntryState.Mapped, SeptEntry.ReadWriteExecute));
        Assert.Equal(GuestEvent.Ok, world.Write(0x2000, 1).Event);
        Assert.Equal(7UL, world.Module.FindVcpu(world.Tdvpr)!.Translations.Pages[0].Rights);
    }

    [Fact]
    public void A_large_page_is_remembered_whole()
    {
        var world = Touched(caches: true);
        world.Map(0x200000, GuestWorld.H, SeptEntryState.Mapped, SeptLevel.Pd);
        world.Write(0x345000, 0x55);
        Assert.Equal(0UL, world.World.Call(TdxFunction.MemRangeBlock, 0x200001, TdxWorld.FirstTdmr).Status.Value);
        Assert.Equal(0x55UL, world.Read(0x345000).Value);
        Assert.Equal(GuestEvent.Ok, world.Read(0x200000).Event);
        Assert.Equal(
            [new(new(2), PageSize.Size4K, new Spa(GuestWorld.P).Frame, 7), new(new(0x200), PageSize.Size2M, new Spa(GuestWorld.H).Frame, 7)],
            world.Module.FindVcpu(world.Tdvpr)!.Translations.Pages.ToArray());
    }

    // tdx.md, 5.1: an entry in the same epoch flushes nothing; VP.FLUSH does.
    [Fact]
    public void A_vcpu_forgets_with_its_association_and_not_by_leaving()
    {
        var world = Touched(caches: true);
        var vcpu = world.Module.FindVcpu(world.Tdvpr)!;
        world.Leave();
        world.Enter();
        Assert.False(vcpu.FlushedAtEntry);
        Assert.Equal(1, vcpu.Translations.Pages.Length);
        world.Leave();
        Assert.Equal(0UL, world.World.Call(TdxFunction.VpFlush, world.Tdvpr.Address.Value).Status.Value);
        Assert.Equal(0, vcpu.Translations.Pages.Length);
        world.Enter();
        Assert.False(vcpu.FlushedAtEntry);
    }

    [Fact]
    public void A_vcpu_forgets_when_an_entry_flushes()
    {
        var world = Touched(caches: true);
        world.Track();
        world.Leave();
        Assert.Equal(1, world.Module.FindVcpu(world.Tdvpr)!.Translations.Pages.Length);
        world.Enter();
        Assert.True(world.Module.FindVcpu(world.Tdvpr)!.FlushedAtEntry);
        Assert.Equal(0, world.Module.FindVcpu(world.Tdvpr)!.Translations.Pages.Length);
    }

    [Fact]
    public void Translations_and_lines_are_state()
    {
        var world = Touched(caches: true, platform: GuestWorld.With(MemoryIntegrity.Logical));
        world.Map(0x3000, GuestWorld.P + 0x1000, SeptEntryState.Pending);
        world.Accept(0x3000);
        world.Read(0x3000);
        var writer = new StateWriter([]);
        world.Module.WriteState(ref writer);
        var bytes = writer.Written.ToArray();

        var copy = new TdxModule(world.Module.Platform, world.Module.Memory.Contents) { CachesTranslations = true };
        var reader = new StateReader(bytes);
        copy.ReadState(ref reader);
        var again = new StateWriter([]);
        copy.WriteState(ref again);

        Assert.Equal(bytes, again.Written.ToArray());
        Assert.Equal(world.Module.FindVcpu(world.Tdvpr)!.Translations.Pages.ToArray(), copy.FindVcpu(world.Tdvpr)!.Translations.Pages.ToArray());
        Assert.True(copy.Memory.LineAt(new(GuestWorld.P + 0x1000)).IsOwned);
    }

    private GuestWorld Touched(bool caches, RuleSwitches? rules = null, SeptEntryState state = SeptEntryState.Mapped, TdxPlatform? platform = null)
    {
        var world = new GuestWorld(platform, rules);
        world.Module.Observer = _log;
        world.Module.CachesTranslations = caches;
        world.Map(0x2000, GuestWorld.P, state);
        world.Module.Memory.ZeroFrames(new(new Spa(GuestWorld.P).Frame, 1), world.Module.Keys.KeyOf(world.Td.Hkid));
        Assert.Equal(GuestEvent.Ok, world.Read(0x2000).Event);
        return world;
    }
}
