using GuestMemory.Rmp;

namespace GuestMemory.Benchmarks;

/// <summary>A machine whose first 64 GiB one guest owns and accepted, in pages of one size; no two pages in a row are bound in a row. The rest holds the table itself.</summary>
internal sealed class OwnedMachine
{
    public const uint Frames = 1U << 24;
    private const ulong FramesOfAll = Frames + (1UL << 18);
    private readonly ulong _neighbour;

    public OwnedMachine(PageSize size)
    {
        PageSize = size;
        _neighbour = size.FrameCount();
        Platform = new(RmpCoverage.AtEndOf(new(default, FramesOfAll)));
        for (var frame = 0UL; frame < Frames; frame += _neighbour)
        {
            Give(new(frame));
        }
    }

    public static Asid Guest => new(5);

    public PageSize PageSize { get; }

    public SnpPlatform Platform { get; }

    /// <summary>Where a frame is bound: pages change places in pairs.</summary>
    public Gpa GpaOf(Pfn frame) => new((frame.Value ^ _neighbour) << 12);

    /// <summary>The first pages' entries as a plain array.</summary>
    /// <param name="length">How many; a number of frames, or fewer.</param>
    public RmpEntry[] Entries(uint length)
    {
        var entries = new RmpEntry[length];
        for (var frame = 0U; frame < length; frame++)
        {
            entries[frame] = Platform.Table.Resolve(new(frame));
        }

        return entries;
    }

    private void Give(Pfn frame)
    {
        var gpa = GpaOf(frame);
        var isLarge = PageSize == PageSize.Size2M;
        var assigned = Platform.RmpUpdate(RmpUpdateOperands.Assign(new(frame, PageSize), Guest, gpa));
        var accepted = Platform.Pvalidate(CpuState.Guest(Guest), new(gpa.Value, gpa, frame, PageSize), isLarge, validate: true);
        if (!assigned.IsSuccess || !accepted.IsChanged)
        {
            throw new InvalidOperationException($"{frame} cannot be given: {assigned}, {accepted}.");
        }
    }
}
