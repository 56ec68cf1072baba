namespace GuestMemory.Tdx;

/// <content>
/// The invariants, on what a step touched: one entry, the pages that are competed for, one TD. The same that <see cref="TdxChecker"/> finds first,
/// without its memory; a test compares the two. What a step here cannot touch (keys, control pages, large pages, migrations) is not looked at, and
/// two owners of a page (INV-TDX-5) show first as an entry to another's page (INV-TDX-3).
/// </content>
internal sealed partial class RunSystem
{
    private readonly PamtEntry[] _oldPages = new PamtEntry[ThingOrder.Most];
    private SeptEntry _oldEntry;
    private (ulong Epoch, uint Even, uint Odd, ulong Children, bool IsFatal) _oldFacts;

    private void Remember(int guest, int gfn)
    {
        _oldEntry = EntryOf(guest, gfn);
        _oldFacts = Facts(_tds[guest]);
        for (var page = 0; page < _pages; page++)
        {
            _oldPages[page] = PageOf(page);
        }
    }

    private void CheckRefused(int guest, int gfn)
    {
        if (EntryOf(guest, gfn).WithHostPriority(false) != _oldEntry.WithHostPriority(false) || Facts(_tds[guest]) != _oldFacts || ChangedPages() != 0)
        {
            throw Broken("INV-TDX-13", guest, gfn);
        }
    }

    private void CheckEntry(int guest, int gfn, TdxFunction function)
    {
        var (old, now) = (_oldEntry, EntryOf(guest, gfn));
        if (old != now)
        {
            CheckChange(guest, gfn, function, now);
        }

        for (var page = 0; page < _pages; page++)
        {
            if (PageOf(page) != _oldPages[page])
            {
                RequireOneLeaf(guest, gfn, _frames[page]);
            }
        }

        if (old.IsLeaf)
        {
            RequireOneLeaf(guest, gfn, old.Page(SeptLevel.Pt));
        }

        if (now.IsLeaf)
        {
            RequireOneLeaf(guest, gfn, now.Page(SeptLevel.Pt));
        }

        RequireCounts(guest, gfn);
        if (old != now)
        {
            RequireForm(guest, gfn, now);
        }
    }

    private void CheckChange(int guest, int gfn, TdxFunction function, SeptEntry now)
    {
        var old = _oldEntry;
        var isSamePage = old.IsLeaf && now.IsLeaf && old.Page(SeptLevel.Pt) == now.Page(SeptLevel.Pt);
        var wasAccepted = old.IsLeaf && old.State.IsPending();
        var isAccepted = now.IsLeaf && !now.State.IsPending();
        if (old.IsLeaf && !isSamePage && !MayLeave(old))
        {
            throw Broken("INV-TDX-8", guest, gfn);
        }

        // Nothing here makes another page than a pending one readable.
        if (isAccepted && !isSamePage)
        {
            throw Broken("INV-TDX-10", guest, gfn);
        }

        if (isSamePage && isAccepted && wasAccepted)
        {
            RequireAccepted(guest, gfn, function, now);
        }
    }

    private void RequireAccepted(int guest, int gfn, TdxFunction function, SeptEntry now)
    {
        if (function != TdxFunction.GuestPageAccept)
        {
            throw Broken("INV-TDX-11", guest, gfn);
        }

        Span<ulong> words = stackalloc ulong[512];
        _module.Memory.Contents.ReadWords(now.Page(SeptLevel.Pt), words);
        if (words.ContainsAnyExcept(0UL))
        {
            throw Broken("INV-TDX-10", guest, gfn);
        }
    }

    // Blocked, and tracked by what the PAMT and the TD said before the step.
    private bool MayLeave(SeptEntry old)
    {
        if (!old.State.RequiresTracking(_module.Platform.Version))
        {
            return true;
        }

        var page = Array.IndexOf(_frames, old.Page(SeptLevel.Pt));
        var epoch = page < 0 ? 0 : _oldPages[page].Bepoch;
        var isTracked = (epoch >> 63) == 0 && (epoch + 1 == _oldFacts.Epoch
            ? ((epoch & 1) == 0 ? _oldFacts.Even : _oldFacts.Odd) == 0
            : epoch + 1 < _oldFacts.Epoch);
        return old.State.IsBlocked() && isTracked;
    }

    // A private page is behind one leaf, of its owner's tree; any other behind none.
    private void RequireOneLeaf(int guest, int gfn, Pfn frame)
    {
        var page = _module.Pamt[PageSize.Size4K, frame];
        var (leaves, owner) = (0, default(Pfn));
        for (var td = 0; td < _tds.Length; td++)
        {
            for (var other = 0; other < _pages; other++)
            {
                var entry = EntryOf(td, other);
                if (entry.IsLeaf && entry.Page(SeptLevel.Pt) == frame)
                {
                    owner = leaves++ == 0 ? _tds[td].Tdr : owner;
                }
            }
        }

        var isOne = page.Type == PageType.Reg;
        if (leaves != (isOne ? 1 : 0) || (isOne && owner != page.Owner))
        {
            throw Broken("INV-TDX-3", guest, gfn);
        }
    }

    private void RequireCounts(int guest, int gfn)
    {
        for (var td = 0; td < _tds.Length; td++)
        {
            var owned = _fixedPages[td];
            for (var page = 0; page < _pages; page++)
            {
                owned += PageOf(page) is { IsUsed: true } entry && entry.Owner == _tds[td].Tdr ? 1UL : 0;
            }

            if (owned != _tds[td].ChildCount)
            {
                throw Broken("INV-TDX-6", guest, gfn);
            }
        }
    }

    private void RequireForm(int guest, int gfn, SeptEntry now)
    {
        var isRight = now.State switch
        {
            SeptEntryState.Free => now.WithLock(false).WithHostPriority(false) == SeptEntry.Free,
            SeptEntryState.Removed => !now.IsLeaf && now.Rights == 0,
            _ => now.IsLeaf,
        };
        if (!isRight || now.Raw >> 63 == 0)
        {
            throw Broken("INV-TDX-7", guest, gfn);
        }

        if (now.Rights != 0 && !now.State.IsGuestAccessible())
        {
            throw Broken("INV-TDX-10", guest, gfn);
        }
    }

    private void CheckEpochs(int guest)
    {
        var (td, even, odd) = (_tds[guest], 0U, 0U);
        foreach (var vcpu in td.VcpuList)
        {
            if (!vcpu.IsInside)
            {
                continue;
            }

            even += (vcpu.Epoch & 1) == 0 ? 1U : 0;
            odd += (vcpu.Epoch & 1) == 0 ? 0U : 1;
            if (vcpu.Epoch != td.Epoch && vcpu.Epoch + 1 != td.Epoch)
            {
                throw Broken("INV-TDX-9", guest, 0);
            }
        }

        if (even != td.EvenReferences || odd != td.OddReferences)
        {
            throw Broken("INV-TDX-9", guest, 0);
        }
    }

    private void CheckAccess(int guest, int gfn, bool isWrite, bool isStale, in GuestResult result)
    {
        if (isStale)
        {
            throw Broken("INV-TDX-8", guest, gfn);
        }

        var entry = EntryOf(guest, gfn);
        if (result.Event != GuestEvent.Ok || !entry.IsLeaf)
        {
            return;
        }

        if (entry.State.IsPending() || (!isWrite && _module.Memory.IsBroken(entry.Page(SeptLevel.Pt).Address, Bytes, _keys[guest])))
        {
            throw Broken("INV-TDX-10", guest, gfn);
        }
    }

    private void CheckRead(int vcpu, int gfn, ulong read)
    {
        var guest = _owners[vcpu];
        var expected = _known[(guest * _pages) + gfn] == Written ? Token(guest, gfn) : 0;
        if (read != expected)
        {
            throw GuestPromises.NotOwn(_vcpus[vcpu], new((ulong)gfn), read, expected);
        }
    }

    private void RequireNoToken(int page, ulong read)
    {
        for (var guest = 0; read != 0 && guest < _tds.Length; guest++)
        {
            for (var gfn = 0; gfn < _pages; gfn++)
            {
                if (read == Token(guest, gfn))
                {
                    throw GuestPromises.Seen(_frames[page], read);
                }
            }
        }
    }

    private ModelInvariantException Broken(string invariant, int guest, int gfn) =>
        new(invariant, $"{TdxInvariants.Get(invariant).Sentence} ({_tds[guest]}, gfn 0x{gfn:x}: {EntryOf(guest, gfn)})");

    private static (ulong Epoch, uint Even, uint Odd, ulong Children, bool IsFatal) Facts(Td td) =>
        (td.Epoch, td.EvenReferences, td.OddReferences, td.ChildCount, td.IsFatal);
}
