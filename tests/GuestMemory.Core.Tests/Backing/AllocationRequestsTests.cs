using Xunit;

namespace GuestMemory.Tests;

/// <summary>What a store asks the frame pool for: runs as long as they can be, cut only where a larger page fits whole.</summary>
public sealed class AllocationRequestsTests
{
    private readonly RecordingChoice _choice = new();

    public static TheoryData<int, ulong, ulong, ulong[]> Ranges { get; } = new()
    {
        // largest order, first page, count; then order and frames of each request
        { 0, 100, 1948, [0, 1948] },
        { 9, 100, 500, [0, 500] },
        { 9, 100, 924, [0, 412, 9, 512] },
        { 9, 511, 1025, [0, 1, 9, 1024] },
        { 9, 512, 1024, [9, 1024] },
        { 9, 512, 511, [0, 511] },
        { 9, 512, 600, [9, 512, 0, 88] },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void A_range_is_asked_for_in_the_largest_pieces(int order, ulong first, ulong count, ulong[] requests)
    {
        Assert.NotNull(requests);
        var store = Store(BackingProperties.GuestMemfd with { LargestOrder = order }, 2048);

        Assert.True(store.Allocate(new(new(first), count)).IsSuccess);

        Assert.Equal(requests, Asked());
        Assert.Equal(count, store.HeldPages);
    }

    [Fact]
    public void Where_no_large_frame_is_left_a_whole_range_is_asked_for_in_small_ones()
    {
        var store = Store(BackingProperties.GuestMemfd with { LargestOrder = 9 }, 512, frames: 600);

        Assert.True(store.Allocate(new(default, 512)).IsSuccess);

        Assert.Equal([9UL, 512, 0, 512], Asked());
        Assert.Equal(0, store.OrderOf(default));
    }

    [Fact]
    public void A_page_asked_for_alone_tries_every_size_that_fits_the_store()
    {
        var store = Store(BackingProperties.GuestMemfd with { LargestOrder = 18 }, 512);

        store.GetPage(new(5), out var page);

        Assert.Equal([9UL, 512], Asked());
        Assert.Equal((9, 512UL), (page.Order, store.HeldPages));
    }

    // hugetlbfs: a store of 1G pages has no other ones.
    [Fact]
    public void An_indivisible_page_is_asked_for_in_its_own_size_alone()
    {
        var store = Store(BackingProperties.Hugetlb1G, 1UL << 18, frames: 4096);

        Assert.Equal(CoreRules.OutOfFrames, store.GetPage(new(5), out _).DecidedBy);

        Assert.All(_choice.Requests, request => Assert.Equal((18, 1UL << 18), request));
        Assert.Equal(0UL, store.HeldPages);
    }

    // The frames before a large page's may go on into it: the run then starts below the large page.
    [Fact]
    public void A_large_page_within_a_longer_run_has_its_order()
    {
        var machine = new MachineFactory().Create();
        machine.Frames.Reserve(new(new(1), 99), FramePurpose.Kernel);
        var store = machine.CreateStore(BackingProperties.GuestMemfd with { LargestOrder = 9 }, 1024 * 4096);

        store.Allocate(new(new(100), 924));

        Assert.Equal(new(100, 1024, new(new(100), StoredPageFlags.None)), Assert.Single(store.Pages.ToArray()));
        Assert.Equal([0, 0, 9, 9], new ulong[] { 100, 511, 512, 1023 }.Select(page => store.OrderOf(new(page))));
    }

    [Fact]
    public void A_page_beyond_the_end_is_refused_by_its_number()
    {
        var store = Store(BackingProperties.GuestMemfd, 4);

        Assert.Equal(CoreRules.BeyondEnd.Refuse(4), store.GetPage(new(4), out _));
        Assert.Equal(CoreRules.BeyondEnd.Refuse(5), store.GetPage(new(5), out _));
    }

    private ulong[] Asked() => [.. _choice.Requests.SelectMany(request => new[] { (ulong)request.Order, request.Most })];

    private BackingStore Store(BackingProperties properties, ulong pages, ulong frames = 1UL << 20) =>
        new MachineFactory(new() { FrameChoice = _choice, Frames = frames }).Create().CreateStore(properties, pages * 4096);
}
