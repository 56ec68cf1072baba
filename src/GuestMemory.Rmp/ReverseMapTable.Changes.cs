namespace GuestMemory.Rmp;

/// <content>Writing entries. Only instructions and firmware do, after their checks.</content>
public sealed partial class ReverseMapTable
{
    /// <summary>Writes a 4K entry that is not part of a live 2M page.</summary>
    internal void Write(Pfn frame, in RmpEntry entry)
    {
        ref var block = ref Touch(frame);
        var offset = frame.Value % PagesPerBlock;
        if (block.Form != RmpBlockForm.Each)
        {
            if (block.Form == RmpBlockForm.Large)
            {
                throw new ModelInvariantException("INV-SNP-8", $"an entry of its own is written for {frame}, inside a live 2M page");
            }

            if (block.Raw(offset) == entry)
            {
                return;
            }

            Spread(ref block, frame);
        }

        ref var old = ref block.Each(offset);
        _counts.Move(old, entry, 1);
        block.Assigned = unchecked((ushort)(block.Assigned + (entry.Assigned ? 1 : 0) - (old.Assigned ? 1 : 0)));
        block.NonZero = unchecked((ushort)(block.NonZero + (entry != default ? 1 : 0) - (old != default ? 1 : 0)));
        old = entry;
        if (block.NonZero == 0)
        {
            ReturnRoom(frame);
            block = default;
        }
    }

    /// <summary>Makes a block one live 2M page, or, with an unassigned entry, 512 pages of the hypervisor's.</summary>
    internal void WriteLarge(Pfn head, in RmpEntry entry)
    {
        if (entry.Assigned)
        {
            Replace(head, entry with { Size = PageSize.Size2M }, RmpBlockForm.Large);
        }
        else
        {
            Replace(head, default, RmpBlockForm.Alike);
        }
    }

    /// <summary>Changes the entry that a frame resolves to: the head's, for a live 2M page.</summary>
    internal void Change(Pfn frame, in RmpEntry entry)
    {
        ref var block = ref Touch(frame);
        if (block.Form == RmpBlockForm.Large)
        {
            // A 2M entry is named by its first frame; its size stays.
            CountWhole(block, entry);
            block.One = entry;
        }
        else
        {
            Write(frame, entry);
        }
    }

    /// <summary>Makes a live 2M page 512 pages of 4K, each one page further; everything else stays.</summary>
    internal void Smash(Pfn head)
    {
        var block = Touch(head);
        Replace(head, block.One with { Size = PageSize.Size4K }, block.Advances ? RmpBlockForm.Consecutive : RmpBlockForm.Alike);
    }

    /// <summary>Writes one entry, not of a guest's page, over a run of frames. Large pages it covers whole are replaced.</summary>
    internal void Fill(PfnRange frames, in RmpEntry entry)
    {
        for (var at = frames.Start; at < frames.End;)
        {
            var head = at.AlignDown(PageSize.Size2M);
            if (at == head && frames.End.Value - at.Value >= PagesPerBlock)
            {
                Replace(head, entry, RmpBlockForm.Alike);
                at += PagesPerBlock;
            }
            else
            {
                Write(at, entry);
                at += 1;
            }
        }
    }

    /// <summary>All entries zero.</summary>
    internal void Clear()
    {
        Array.Clear(_chunks);
        Array.Clear(_rooms);
        _slabs.Clear();
        _counts.Clear();
    }

    private void Spread(ref RmpBlock block, Pfn frame)
    {
        var (slab, place) = _slabs.Find(TakeRoom(frame));
        var spread = new RmpBlock
        {
            Slab = slab, Place = place, Form = RmpBlockForm.Each,
            Assigned = (ushort)(block.One.Assigned ? PagesPerBlock : 0),
            NonZero = (ushort)(block.One != default ? PagesPerBlock : 0),
        };
        var entries = spread.Entries;
        for (var offset = 0; offset < entries.Length; offset++)
        {
            entries[offset] = block.Raw((ulong)offset);
        }

        block = spread;
    }

    // One entry for a whole block, in place of whatever it holds.
    private void Replace(Pfn head, in RmpEntry entry, RmpBlockForm form)
    {
        ref var block = ref Touch(head);
        CountWhole(block, entry);
        if (block.Form == RmpBlockForm.Each)
        {
            ReturnRoom(head);
        }

        block = new() { One = entry, Form = form };
    }

    private int TakeRoom(Pfn frame)
    {
        var chunk = frame.Value / PagesPerChunk;
        if (chunk >= (ulong)_rooms.Length)
        {
            Array.Resize(ref _rooms, _chunks.Length);
        }

        var rooms = _rooms[chunk] ??= new int[BlocksPerChunk];
        return rooms[frame.Value / PagesPerBlock % BlocksPerChunk] = _slabs.Take();
    }

    private void ReturnRoom(Pfn frame)
    {
        ref var room = ref _rooms[frame.Value / PagesPerChunk]![frame.Value / PagesPerBlock % BlocksPerChunk];
        _slabs.Return(room);
        room = 0;
    }

    private void CountWhole(in RmpBlock block, in RmpEntry entry)
    {
        if (block.Form != RmpBlockForm.Each)
        {
            _counts.Move(block.One, entry, PagesPerBlock);
            return;
        }

        foreach (ref readonly var old in block.Entries)
        {
            _counts.Move(old, entry, 1);
        }
    }

    private ref RmpBlock Touch(Pfn frame)
    {
        var chunk = frame.Value / PagesPerChunk;
        var blocks = chunk < (ulong)_chunks.Length ? _chunks[unchecked((int)chunk)] : null;
        return ref (blocks ?? AddChunk(chunk))[unchecked((int)(frame.Value / PagesPerBlock % BlocksPerChunk))];
    }

    private RmpBlock[] AddChunk(ulong chunk)
    {
        if (chunk >= (ulong)_chunks.Length)
        {
            Array.Resize(ref _chunks, checked((int)Math.Max(chunk + 1, Math.Min((ulong)_chunks.Length * 2, 1UL << 22))));
        }

        return _chunks[chunk] = new RmpBlock[BlocksPerChunk];
    }
}
