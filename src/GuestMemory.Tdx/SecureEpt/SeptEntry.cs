using System.Globalization;

namespace GuestMemory.Tdx;

/// <summary>One Secure EPT entry as it lies in memory. The default is not a free entry: that is <see cref="Free"/>.</summary>
/// <param name="Raw">The 64 bits.</param>
/// <remarks>
/// Bits 2:0 rights, 5:3 memory type, 6 IPAT, 7 PS (set in every leaf), 9 D, 11 entry lock, 20:12 accept counter (2M pending leaves), 51:12
/// address, 52 host priority, 53 to 56 exported, write-blocked, blocked, pending, 63 suppress #VE (always set). The state is spelled by bits
/// 9, 53 to 56, 6 and 7. Source: tdx-module, Secure EPT entry.
/// </remarks>
public readonly record struct SeptEntry(ulong Raw)
{
    /// <summary>Read, write, execute.</summary>
    public const ulong ReadWriteExecute = 7;

    /// <summary>Read and execute.</summary>
    public const ulong ReadExecute = 5;

    private const ulong SuppressVe = 1UL << 63;
    private const ulong WriteBack = 6UL << 3;
    private const ulong LockBit = 1UL << 11;
    private const ulong HostPriorityBit = 1UL << 52;
    private const ulong AddressBits = 0x000f_ffff_ffff_f000;
    private const int CounterShift = 12;
    private const ulong CounterBits = 0x1ffUL << CounterShift;
    private const ulong LeafInfo = SuppressVe | AddressBits | 0xff;
    private const ulong NonLeafInfo = (1UL << 7) | ReadWriteExecute;
    private const byte NoState = 0xff;
    private static readonly byte[] s_states = DecodeTable();

    /// <summary>A free entry.</summary>
    public static SeptEntry Free { get; } = new(SuppressVe | SeptEncoding.BitsOf(SeptEntryState.Free));

    /// <summary>The state its bits spell.</summary>
    /// <exception cref="ModelInvariantException">They spell none.</exception>
    public SeptEntryState State => s_states[SeptEncoding.CodeOf(Raw)] is var state && state != NoState ? (SeptEntryState)state : throw NoSuchState(Raw);

    /// <summary>Bits 2:0.</summary>
    public ulong Rights => Raw & ReadWriteExecute;

    /// <summary>Whether it is a leaf: PS is set.</summary>
    public bool IsLeaf => (Raw & (1UL << 7)) != 0;

    /// <summary>Whether its lock bit (TDEL) is set.</summary>
    public bool IsLocked => (Raw & LockBit) != 0;

    /// <summary>Whether the host asked for it first (TDHP).</summary>
    public bool HasHostPriority => (Raw & HostPriorityBit) != 0;

    /// <summary>4 KiB chunks of a 2M page accepted so far, 0 to 511. Meaningful in a 2M leaf that is pending.</summary>
    public int AcceptCounter => (int)((Raw & CounterBits) >> CounterShift);

    /// <summary>The frame of a table.</summary>
    public Pfn Table => new((Raw & AddressBits) >> 12);

    /// <summary>A leaf.</summary>
    /// <param name="state">A leaf's state.</param>
    /// <param name="frame">The page.</param>
    /// <param name="rights">Bits 2:0.</param>
    public static SeptEntry Leaf(SeptEntryState state, Pfn frame, ulong rights) =>
        new(SuppressVe | SeptEncoding.BitsOf(state) | WriteBack | (frame.Value << 12) | rights);

    /// <summary>A table.</summary>
    /// <param name="frame">Its page.</param>
    public static SeptEntry NonLeaf(Pfn frame) =>
        new(SuppressVe | SeptEncoding.BitsOf(SeptEntryState.NonLeafMapped) | (frame.Value << 12) | ReadWriteExecute);

    /// <summary>REMOVED, with the migration epoch it happened in.</summary>
    /// <param name="migrationEpoch">The epoch.</param>
    public static SeptEntry Removed(uint migrationEpoch) =>
        new(SuppressVe | SeptEncoding.BitsOf(SeptEntryState.Removed) | (1UL << 44) | ((ulong)migrationEpoch << 12));

    /// <summary>The frame of a leaf.</summary>
    /// <param name="level">Its level: the bits below are no address in a large page.</param>
    public Pfn Page(SeptLevel level) => new(((Raw & AddressBits) >> 12) & ~(level.FrameCount() - 1));

    /// <summary>The same entry in another state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="rights">Bits 2:0.</param>
    public SeptEntry With(SeptEntryState state, ulong rights) =>
        new((Raw & ~(SeptEncoding.StateBits | ReadWriteExecute)) | SeptEncoding.BitsOf(state) | rights);

    /// <summary>The same entry after RANGE.BLOCK: no rights, nothing accepted in part.</summary>
    /// <param name="level">The entry's level.</param>
    public SeptEntry Blocked(SeptLevel level) => WithoutAcceptCounter(level).With(State.BlockedFrom(), rights: 0);

    /// <summary>The same entry after its block is taken back; one that is not blocked stays.</summary>
    public SeptEntry Unblocked() => State is SeptEntryState.NonLeafBlocked or SeptEntryState.Blocked
        ? With(State.Unblocked(), ReadWriteExecute)
        : With(State.Unblocked(), Rights);

    /// <summary>The same entry of another page.</summary>
    /// <param name="frame">The page.</param>
    public SeptEntry WithPage(Pfn frame) => new((Raw & ~AddressBits) | (frame.Value << 12));

    /// <summary>The same entry with another accept counter.</summary>
    /// <param name="chunks">0 to 511.</param>
    public SeptEntry WithAcceptCounter(int chunks) => new((Raw & ~CounterBits) | ((ulong)chunks << CounterShift));

    /// <summary>The same entry as if nothing were accepted yet; only a 2M page that waits for its guest has counted any.</summary>
    /// <param name="level">The entry's level.</param>
    public SeptEntry WithoutAcceptCounter(SeptLevel level) =>
        level == SeptLevel.Pd && State is (SeptEntryState.Pending or SeptEntryState.PendingExportedDirty) ? WithAcceptCounter(0) : this;

    /// <summary>The same entry with its lock bit set or clear.</summary>
    /// <param name="isLocked">Whether it is set.</param>
    public SeptEntry WithLock(bool isLocked) => new(isLocked ? Raw | LockBit : Raw & ~LockBit);

    /// <summary>The same entry with the host's priority set or clear.</summary>
    /// <param name="hasPriority">Whether it is set.</param>
    public SeptEntry WithHostPriority(bool hasPriority) => new(hasPriority ? Raw | HostPriorityBit : Raw & ~HostPriorityBit);

    /// <summary>What a host is told of the entry in RCX: a leaf's address, a table's not.</summary>
    public ulong ToInfo() => State switch
    {
        SeptEntryState.Free => SuppressVe,
        _ when IsLeaf => Raw & LeafInfo,
        _ => Raw & NonLeafInfo,
    };

    /// <summary>"Mapped 0x80000000404000f7".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{State} 0x{Raw:x16}");

    private static ModelInvariantException NoSuchState(ulong raw) =>
        new("INV-TDX-7", string.Create(CultureInfo.InvariantCulture, $"a Secure EPT entry 0x{raw:x16} has no state"));

    private static byte[] DecodeTable()
    {
        var table = new byte[128];
        Array.Fill(table, NoState);
        foreach (var state in Enum.GetValues<SeptEntryState>())
        {
            table[SeptEncoding.CodeOf(SeptEncoding.BitsOf(state))] = (byte)state;
        }

        return table;
    }
}
