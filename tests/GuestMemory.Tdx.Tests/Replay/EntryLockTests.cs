using Xunit;

namespace GuestMemory.Tdx.Tests.Replay;

public sealed class EntryLockTests
{
    private static readonly Pfn s_tdr = new Spa(TdxWorld.FirstTdmr).Frame;
    private readonly TdxWorld _world = new();

    public EntryLockTests() => _world.AddTd();

    // tdx.md, 4.2: bit 11 is the entry's lock; 6: the host that finds it set sets bit 52.
    [Fact]
    public void A_lock_is_held_once_and_released_once()
    {
        var module = _world.Module;
        var gpa = new Gpa(0x2000);

        module.HoldEntry(s_tdr, gpa, SeptLevel.Pml4);

        Assert.Equal(SeptEntry.Free.WithLock(true), EntryOf(gpa));
        Assert.Throws<InvalidOperationException>(() => module.HoldEntry(s_tdr, gpa, SeptLevel.Pt));
        Assert.Equal(0x8000020000000001, _world.Call(TdxFunction.MemRangeBlock, gpa.Value & ~0xffffUL | 3, TdxWorld.FirstTdmr).Status.Value);

        module.ReleaseEntry(s_tdr, gpa, SeptLevel.Pt);

        Assert.Equal(SeptEntry.Free.WithHostPriority(true), EntryOf(gpa));
        Assert.Throws<InvalidOperationException>(() => module.ReleaseEntry(s_tdr, gpa, SeptLevel.Pml4));
    }

    [Fact]
    public void There_is_no_entry_without_a_tree_or_above_its_root()
    {
        Assert.Throws<InvalidOperationException>(() => _world.Module.HoldEntry(s_tdr + 1, default, SeptLevel.Pt));
        Assert.Throws<InvalidOperationException>(() => _world.Module.HoldEntry(s_tdr, default, SeptLevel.Pml5));
        Assert.Throws<InvalidOperationException>(() => _world.Module.ReleaseEntry(s_tdr, default, SeptLevel.Pml5));
    }

    private SeptEntry EntryOf(Gpa gpa) => _world.Module.FindTd(s_tdr)!.Sept!.Walk(gpa.Frame, SeptLevel.Pt).Entry;
}
