namespace GuestMemory.Rmp;

/// <summary>What each guest wrote last, byte by byte of its own addresses, since it last accepted the page there.</summary>
/// <remarks>Accepting a page gives up what was written before: a page that is accepted anew has bytes nobody promises.</remarks>
internal sealed class GuestBytes
{
    private readonly Dictionary<(Asid Asid, Gfn Gfn), Dictionary<uint, byte>> _pages = [];

    public void Clear() => _pages.Clear();

    public void Write(ref StateWriter writer)
    {
        writer.Int32(_pages.Count);
        foreach (var (page, written) in _pages.OrderBy(one => one.Key.Asid.Value).ThenBy(one => one.Key.Gfn))
        {
            writer.UInt64(page.Asid.Value);
            writer.UInt64(page.Gfn.Value);
            writer.Int32(written.Count);
            foreach (var (at, value) in written.OrderBy(one => one.Key))
            {
                writer.Int32((int)at);
                writer.Byte(value);
            }
        }
    }

    public void Read(ref StateReader reader)
    {
        _pages.Clear();
        for (var pages = reader.Count(); pages > 0; pages--)
        {
            var page = (new Asid(checked((uint)reader.UInt64())), new Gfn(reader.UInt64()));
            var written = _pages[page] = [];
            for (var bytes = reader.Count(); bytes > 0; bytes--)
            {
                var at = (uint)reader.Int32();
                written[at] = reader.Byte();
            }
        }
    }

    /// <summary>The first byte of a private read that is not the guest's last write there.</summary>
    public uint? Differs(in SnpOperation read)
    {
        if (!_pages.TryGetValue(PageOf(read), out var written))
        {
            return null;
        }

        var (first, count) = BytesOf(read);
        for (var at = 0u; at < count; at++)
        {
            if (written.TryGetValue(first + at, out var value) && value != ByteOf(read.Value, at))
            {
                return first + at;
            }
        }

        return null;
    }

    public void Follow(RmpStep step)
    {
        if (step.IsPrivateAccess && step.Operation.Kind == SnpOperationKind.Write)
        {
            Write(step.Operation);
        }

        if (step is { Command: SevCommand.DebugEncrypt, IsDone: true })
        {
            Forget(step);
        }

        foreach (var change in step.Changes)
        {
            if (IsAccepted(step, change))
            {
                _pages.Remove((change.New.Entry.Asid, change.New.Entry.Gpa.Frame));
            }
        }
    }

    // By the guest itself, or for it when it is launched; a page that is moved or swapped in keeps its bytes.
    private static bool IsAccepted(RmpStep step, in RmpChange change) =>
        change.New.Entry.Validated && !change.Old.Entry.Validated
        && (!step.IsFirmware || step.Command == SevCommand.LaunchUpdate);

    // Where the guest's owner lets its pages be written.
    private void Forget(RmpStep step)
    {
        for (var frame = step.Operation.Frames.Start; frame < step.Operation.Frames.End; frame += 1)
        {
            var entry = RmpPage.Of(step.Table, frame).Entry;
            if (RmpInvariants.IsDebugged(step, entry.Asid))
            {
                _pages.Remove((entry.Asid, entry.Gpa.Frame));
            }
        }
    }

    private static (Asid Asid, Gfn Gfn) PageOf(in SnpOperation access) => (access.Access.Asid, access.Access.Gpa.Frame);

    private static (uint First, uint Count) BytesOf(in SnpOperation access) => (access.Offset & 0xffff, access.Offset >> 16);

    private static byte ByteOf(ulong value, uint at) => unchecked((byte)(value >> (int)(at * 8)));

    private void Write(in SnpOperation write)
    {
        if (!_pages.TryGetValue(PageOf(write), out var written))
        {
            _pages[PageOf(write)] = written = [];
        }

        var (first, count) = BytesOf(write);
        for (var at = 0u; at < count; at++)
        {
            written[first + at] = ByteOf(write.Value, at);
        }
    }
}
