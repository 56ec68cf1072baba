using System.Runtime.CompilerServices;

namespace GuestMemory.Rmp;

/// <summary>The entries of one 2M block: one for all, or each its own once they differ.</summary>
internal struct RmpBlock
{
    public RmpEntry One;
    public RmpEntry[]? Slab;
    public ushort Assigned;
    public ushort NonZero;
    public RmpBlockForm Form;
    public byte Place;

    // The entries of a block that keeps each.
    public readonly Span<RmpEntry> Entries => Slab.AsSpan(Place * (int)ReverseMapTable.PagesPerBlock, (int)ReverseMapTable.PagesPerBlock);

    // One of them, by the frame's number in the block or in the machine.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref RmpEntry Each(ulong frame) => ref Slab![unchecked((Place * (int)ReverseMapTable.PagesPerBlock) + (int)(frame % ReverseMapTable.PagesPerBlock))];

    // Of entries kept each by itself only those need a look that are neither zero nor assigned.
    public readonly bool HasFixed => Form == RmpBlockForm.Each
        ? NonZero > Assigned && AnyFixed(Entries)
        : IsFixed(One);

    // As stored: what a sub-entry of a live 2M page shows by itself.
    public readonly RmpEntry Raw(ulong offset) => Form switch
    {
        RmpBlockForm.Each => Each(offset),
        RmpBlockForm.Alike => One,
        RmpBlockForm.Consecutive => One.Advanced(offset),
        _ => offset == 0 ? One : ReverseMapTable.SubEntry,
    };

    // Through the head.
    public readonly RmpEntry Resolved(ulong offset) => Form switch
    {
        RmpBlockForm.Each => Each(offset),
        RmpBlockForm.Alike => One,
        RmpBlockForm.Large when !One.Asid.IsGuest => One,
        _ => One.Advanced(offset),
    };

    // Whether the guest address goes on with the frames: the firmware's large pages have none.
    public readonly bool Advances => Form == RmpBlockForm.Consecutive || (Form == RmpBlockForm.Large && One.Asid.IsGuest);

    private static bool AnyFixed(ReadOnlySpan<RmpEntry> entries)
    {
        foreach (ref readonly var entry in entries)
        {
            if (IsFixed(entry))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsFixed(in RmpEntry entry) => entry is { Assigned: false, Immutable: true };
}
