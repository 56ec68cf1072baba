using Xunit;

namespace GuestMemory.Tests;

/// <summary>Populate fills private pages before launch. Source: guest-memfd, populate; issue list of its steps in order.</summary>
public sealed class PopulateTests
{
    private static readonly byte[] TwoPages = [.. Enumerable.Range(0, 2 * 4096).Select(at => (byte)((at / 4096) + 1))];

    private readonly TestWorld _world = TestWorld.Create();
    private readonly CopyingFiller _filler = new();

    [Fact]
    public void Pages_are_filled_from_the_source_prepared_and_marked()
    {
        _world.Convert(0, 16, PageKind.Private);

        var outcome = _world.Vm.Populate(TestWorld.Gfns(4, 2), TwoPages, _filler, out var done);

        Assert.Equal((true, 2UL, 2UL), (outcome.IsSuccess, outcome.Info, done));
        Assert.Equal([TestWorld.Gfn(4), TestWorld.Gfn(5)], _filler.Filled);
        Assert.True(_world.Store.TryLookUp(new(4), out var page));
        Assert.Equal(StoredPageFlags.Cleared | StoredPageFlags.Prepared, page.Flags);
        Assert.Equal((GuestAccess.Done(0x0101010101010101), GuestAccess.Done(0x0202020202020202)), (_world.Read(4), _world.Read(5)));
    }

    [Fact]
    public void Without_a_source_the_bytes_in_place_are_used()
    {
        _world.Convert(0, 16, PageKind.Private);
        _world.Store.Allocate(TestWorld.Pages(4, 1));
        _world.Machine.Contents.Write(_world.FrameOf(4).Address, 8, 0xabc);

        Assert.True(_world.Vm.Populate(TestWorld.Gfns(4, 1), [], _filler, out _).IsSuccess);

        Assert.Equal(GuestAccess.Done(0xabc), _world.Read(4));
    }

    [Fact]
    public void A_range_that_is_not_wholly_private_is_refused_before_anything_is_done()
    {
        _world.Convert(4, 1, PageKind.Private);
        var before = _world.Machine.Fingerprint();

        Assert.Equal(CoreRules.WrongKind, _world.Vm.Populate(TestWorld.Gfns(4, 2), TwoPages, _filler, out var done).DecidedBy);

        Assert.Equal(0UL, done);
        Assert.Empty(_filler.Filled);
        Assert.Equal(before, _world.Machine.Fingerprint());
    }

    [Fact]
    public void A_page_without_slot_file_or_frame_is_refused()
    {
        _world.Convert(0, 128, PageKind.Private);
        Assert.Equal(CoreRules.NoBacking, _world.Vm.Populate(TestWorld.Gfns(100, 1), [], _filler, out _).DecidedBy);

        _world.Vm.AddSlot(new(1, 0, TestWorld.Gfns(64, 4), MemslotFlags.None, 0, TestWorld.HostBase, -1, default, FileServesShared: false), out _);
        Assert.Equal(CoreRules.NoBacking, _world.Vm.Populate(TestWorld.Gfns(64, 1), [], _filler, out _).DecidedBy);

        _world.File.Release();
        Assert.Equal(CoreRules.FileGone, _world.Vm.Populate(TestWorld.Gfns(0, 1), [], _filler, out _).DecidedBy);
    }

    [Fact]
    public void A_page_that_was_used_or_filled_is_not_filled_again()
    {
        _world.Convert(0, 16, PageKind.Private);
        _world.Write(0, 1);
        Assert.Equal(CoreRules.AlreadyPopulated, _world.Vm.Populate(TestWorld.Gfns(0, 1), [], _filler, out _).DecidedBy);

        _world.Vm.Populate(TestWorld.Gfns(1, 1), TwoPages, _filler, out _);
        Assert.Equal(CoreRules.AlreadyPopulated, _world.Vm.Populate(TestWorld.Gfns(1, 1), TwoPages, _filler, out _).DecidedBy);
    }

    // The call stops at the first refusal and answers with the pages done before it; only a first page's refusal is the call's.
    [Fact]
    public void A_refusal_after_the_first_page_keeps_what_was_done()
    {
        _world.Convert(0, 16, PageKind.Private);
        _world.Write(5, 1);

        var outcome = _world.Vm.Populate(TestWorld.Gfns(4, 2), TwoPages, _filler, out var done);

        Assert.Equal((true, 1UL, 1UL), (outcome.IsSuccess, outcome.Info, done));
        Assert.Equal(GuestAccess.Done(1), _world.Read(5));
        Assert.NotNull(VirtualMachine.PopulatePartialEffect.Source);
    }

    [Fact]
    public void Frames_that_run_out_or_belong_to_another_stop_it()
    {
        var world = TestWorld.Create(configure: options => options.Frames = 3);
        world.Convert(0, 16, PageKind.Private);
        Assert.True(world.Vm.Populate(TestWorld.Gfns(0, 4), [], _filler, out var done).IsSuccess);
        Assert.Equal(2UL, done);
        Assert.Equal(CoreRules.OutOfFrames, world.Vm.Populate(TestWorld.Gfns(2, 1), [], _filler, out _).DecidedBy);

        _world.Convert(0, 16, PageKind.Private);
        _world.Store.Allocate(TestWorld.Pages(0, 1));
        _world.Machine.Ownership.Prepare(new(new(_world.FrameOf(0), 1), new(9), default, PageKind.Private));
        Assert.Equal(CoreRules.WrongOwner, _world.Vm.Populate(TestWorld.Gfns(0, 1), [], _filler, out _).DecidedBy);
    }

    // The frame was made ready before the technology refused it: that stays, and a second try finds it so.
    [Fact]
    public void A_page_the_technology_refuses_stays_prepared_and_unfilled()
    {
        _world.Convert(0, 16, PageKind.Private);
        _filler.Refusal = CoreRules.Denied.Refuse();

        Assert.Equal(CoreRules.Denied, _world.Vm.Populate(TestWorld.Gfns(0, 1), TwoPages, _filler, out _).DecidedBy);

        Assert.True(_world.Store.TryLookUp(new(0), out var page));
        Assert.Equal(StoredPageFlags.Prepared, page.Flags);
    }

    [Fact]
    public void A_page_of_a_slot_without_a_file_behind_it_is_refused()
    {
        _world.Vm.AddSlot(_world.Vm.Slots.NextHandle(), new ForeignSlot(TestWorld.Gfns(64, 4)));
        _world.Convert(64, 4, PageKind.Private);

        Assert.Equal(CoreRules.NoBacking.Refuse(TestWorld.Gfn(65).Value), _world.Vm.Populate(TestWorld.Gfns(65, 1), [], _filler, out _));
    }

    // A signal is looked for before every page; only one seen at the first is the call's answer.
    [Fact]
    public void A_signal_stops_it_between_pages()
    {
        var first = Interrupted(time: 1);
        Assert.Equal(CoreRules.Interrupted.Refuse(TestWorld.Gfn(4).Value), first.Vm.Populate(TestWorld.Gfns(4, 3), [], _filler, out var done));
        Assert.Equal((0UL, 0UL), (done, first.Store.HeldPages));

        var third = Interrupted(time: 3);
        Assert.Equal(Outcome.Success with { Info = 2 }, third.Vm.Populate(TestWorld.Gfns(4, 3), [], _filler, out done));
        Assert.Equal((2UL, 2UL), (done, third.Store.HeldPages));
    }

    [Fact]
    public void Nothing_asked_for_is_done() =>
        Assert.True(_world.Vm.Populate(TestWorld.Gfns(0, 0), [], _filler, out var done).IsSuccess && done == 0);

    private static TestWorld Interrupted(int time)
    {
        var world = TestWorld.Create(configure: options => options.Injector = new StrikesAt(InjectionPoint.Signal, time));
        world.Convert(0, 16, PageKind.Private);
        return world;
    }

    private sealed class CopyingFiller : IPopulateFiller
    {
        public List<Gfn> Filled { get; } = [];

        public Outcome Refusal { get; set; }

        public Outcome Fill(VirtualMachine vm, Gfn gfn, Pfn frame, ReadOnlySpan<byte> bytes)
        {
            var prepared = vm.Machine.Ownership.Prepare(new(new(frame, 1), vm.Id, gfn, PageKind.Private));
            if (!prepared.IsSuccess || !Refusal.IsSuccess)
            {
                return prepared.IsSuccess ? Refusal : prepared;
            }

            if (!bytes.IsEmpty)
            {
                vm.Machine.Contents.Fill(frame, bytes);
            }

            Filled.Add(gfn);
            return Outcome.Success;
        }
    }
}
