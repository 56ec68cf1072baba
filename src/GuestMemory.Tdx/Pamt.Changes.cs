namespace GuestMemory.Tdx;

/// <content>Writing entries. Only the module's functions do, after their checks.</content>
public sealed partial class Pamt
{
    /// <summary>Initialises the next 4 MiB of a TDMR: 1,024 entries of 4K, the chunk one TDH.SYS.TDMR.INIT does.</summary>
    /// <param name="start">The TDMR's first byte.</param>
    /// <returns>The next address to initialise, rounded down to 1 GiB: everything below it is usable.</returns>
    /// <exception cref="ArgumentException">No TDMR starts there.</exception>
    public Spa Initialize(Spa start)
    {
        var range = Array.Find(_ranges, one => one.Start == start.Frame.Value && start.Offset == 0)
            ?? throw new ArgumentException($"No TDMR starts at {start}.", nameof(start));
        range.InitializedTo = Math.Min(range.InitializedTo + 1024, range.Start + range.Frames);
        return new Pfn(range.InitializedEnd).Address;
    }

    /// <summary>Writes one of the three entries that cover a frame. A frame of no TDMR has none; it is met where a rule that keeps it out is off.</summary>
    internal void Write(PageSize size, Pfn frame, in PamtEntry entry)
    {
        if (RangeOf(frame) is not { } range)
        {
            return;
        }

        var block = range.Touch(frame);
        var at = LargeIndex(frame);
        switch (size)
        {
            case PageSize.Size1G:
                block.Whole = entry;
                break;
            case PageSize.Size2M:
                block.Large[at] = entry;
                break;
            default:
                ref var old = ref range.TouchSmall(block, frame)[(int)(frame.Value & InLarge)];
                block.Taken[at] = unchecked((ushort)(block.Taken[at] + (entry.Type != PageType.Nda ? 1 : 0) - (old.Type != PageType.Nda ? 1 : 0)));
                old = entry;
                break;
        }
    }

    /// <summary>Makes one entry of 2M or 1G the 512 below it: type and owner copied, block epoch 0. The large one keeps owner and epoch.</summary>
    internal void Split(PageSize size, Pfn frame)
    {
        var parent = this[size, frame];
        Children(size, frame, out var block).Fill(parent with { Bepoch = 0 });
        if (size == PageSize.Size2M)
        {
            block.Taken[LargeIndex(frame)] = parent.Type == PageType.Nda ? (ushort)0 : (ushort)PamtBlock.PagesPerLarge;
        }

        Write(size, frame, parent.WithType(PageType.Nda));
    }

    /// <summary>Makes 512 entries one of the next size: the first's type and owner; the block epoch stays what the large entry had.</summary>
    internal void Merge(PageSize size, Pfn frame)
    {
        var children = Children(size, frame, out var block);
        Write(size, frame, children[0] with { Bepoch = this[size, frame].Bepoch });
        foreach (ref var child in children)
        {
            child = child.WithType(PageType.Nda);
        }

        if (size == PageSize.Size2M)
        {
            block.Taken[LargeIndex(frame)] = 0;
        }
    }

    // The 512 entries below one of 2M or 1G.
    private Span<PamtEntry> Children(PageSize size, Pfn frame, out PamtBlock block)
    {
        var range = RangeOf(frame) ?? throw new ModelInvariantException("INV-TDX-1", $"PAMT entries are written for {frame}, which is in no TDMR");
        block = range.Touch(frame);
        return size == PageSize.Size2M ? range.TouchSmall(block, frame) : block.Large;
    }
}
