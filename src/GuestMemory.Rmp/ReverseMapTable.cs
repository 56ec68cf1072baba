using System.Runtime.CompilerServices;

namespace GuestMemory.Rmp;

/// <summary>The Reverse Map Table: for every covered frame whose it is, at which guest address, and in which state.</summary>
/// <remarks>
/// Raw storage: who may change what is said by the instructions and the firmware, which alone write here. A page's state is
/// decoded from its entry and never stored. Two levels, kept by 2M block: cost follows what was touched; 16 bytes a page, and
/// 36 a block, where every page differs. Not thread-safe. Source: apm2, 15.36.3.
/// </remarks>
public sealed partial class ReverseMapTable : IStateful
{
    internal const ulong PagesPerBlock = 512;
    private const int BlocksPerChunk = 512;
    private const ulong PagesPerChunk = PagesPerBlock * BlocksPerChunk;
    private static readonly RmpBlock[] s_untouched = new RmpBlock[1];
    private readonly AsidCounts _counts = new();
    private readonly RmpSlabs _slabs = new();
    private RmpBlock[]?[] _chunks = [];

    // Which room a block has that keeps each entry, 0 for others: a short way past the block, small enough to stay near.
    private int[]?[] _rooms = [];

    /// <summary>Creates a table of zeroes.</summary>
    /// <param name="coverage">Which frames have an entry.</param>
    public ReverseMapTable(RmpCoverage coverage)
    {
        ArgumentNullException.ThrowIfNull(coverage);
        Coverage = coverage;
    }

    /// <summary>Which frames have an entry.</summary>
    public RmpCoverage Coverage { get; }

    // What RMPUPDATE writes behind a live 2M page (apm3, RMPUPDATE): Assigned, and nothing else.
    internal static RmpEntry SubEntry { get; } = new() { Assigned = true };

    /// <summary>A frame's own entry as it is stored. A sub-entry of a live 2M page looks like <see cref="RmpPageState.Reclaim"/>: decode through <see cref="Resolve"/>.</summary>
    /// <param name="frame">The frame; one without an entry has the default.</param>
    public RmpEntry Raw(Pfn frame) => BlockOf(frame.Value).Raw(frame.Value % PagesPerBlock);

    /// <summary>A frame's entry with its block's head taken into account: in a live 2M page the head's, as many pages further.</summary>
    /// <param name="frame">The frame; one without an entry has the default.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RmpEntry Resolve(Pfn frame)
    {
        var room = RoomOf(frame.Value);
        return room != 0 ? _slabs.Entry(room, frame.Value) : BlockOf(frame.Value).Resolved(frame.Value % PagesPerBlock);
    }

    /// <summary>What a frame is, decoded through its head; <see cref="RmpPageState.Default"/> when it has no entry.</summary>
    /// <param name="frame">The frame.</param>
    public RmpPageState StateOf(Pfn frame) => Coverage.Covers(frame) ? Resolve(frame).State : RmpPageState.Default;

    /// <summary>Whether a frame lies in a live 2M page.</summary>
    /// <param name="frame">The frame.</param>
    public bool IsInLargePage(Pfn frame) => BlockOf(frame.Value).Form == RmpBlockForm.Large;

    /// <summary>How many frames of a 2M block are assigned, 0 to 512.</summary>
    /// <param name="frame">A frame of the block.</param>
    public int AssignedIn2M(Pfn frame)
    {
        ref readonly var block = ref BlockOf(frame.Value);
        return block.Form == RmpBlockForm.Each ? block.Assigned : block.One.Assigned ? (int)PagesPerBlock : 0;
    }

    /// <summary>How many 4K pages carry an ASID. The firmware's counters, whose form is not published, answer only whether it is 0.</summary>
    /// <param name="asid">The ASID.</param>
    public ulong PagesOf(Asid asid) => _counts[asid];

    /// <summary>The runs of frames whose entries are not all zero, a block or an entry at a time, in order.</summary>
    public IEnumerable<RmpRun> Runs()
    {
        foreach (var first in TouchedBlocks())
        {
            var block = BlockOf(first.Value);
            if (block.Form != RmpBlockForm.Each)
            {
                if (block.One != default)
                {
                    yield return new(new(first, PagesPerBlock), block.One, block.Advances);
                }

                continue;
            }

            for (var offset = 0UL; offset < PagesPerBlock; offset++)
            {
                var entry = block.Each(offset);
                if (entry != default)
                {
                    yield return new(new(first + offset, 1), entry, Advances: false);
                }
            }
        }
    }

    // A ref into the chunk, or to a block of zeroes where nothing was ever written.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref readonly RmpBlock BlockOf(ulong frame)
    {
        var chunks = _chunks;
        var chunk = frame / PagesPerChunk;
        if (chunk < (ulong)chunks.Length && chunks[unchecked((int)chunk)] is { } blocks)
        {
            return ref blocks[unchecked((int)(frame / PagesPerBlock % BlocksPerChunk))];
        }

        return ref s_untouched[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int RoomOf(ulong frame)
    {
        var rooms = _rooms;
        var chunk = frame / PagesPerChunk;
        return chunk < (ulong)rooms.Length && rooms[unchecked((int)chunk)] is { } near
            ? near[unchecked((int)(frame / PagesPerBlock % BlocksPerChunk))]
            : 0;
    }

    internal IEnumerable<Pfn> TouchedBlocks()
    {
        for (var chunk = 0; chunk < _chunks.Length; chunk++)
        {
            for (var block = 0; block < BlocksPerChunk && _chunks[chunk] is { } blocks; block++)
            {
                ref var one = ref blocks[block];
                if (one.Form == RmpBlockForm.Each || one.One != default)
                {
                    yield return new(((ulong)chunk * BlocksPerChunk + (ulong)block) * PagesPerBlock);
                }
            }
        }
    }
}
