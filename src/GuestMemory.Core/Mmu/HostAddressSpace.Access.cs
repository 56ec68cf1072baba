using System.Buffers.Binary;

namespace GuestMemory;

/// <content>Touching: the process's own accesses, and the kernel's on its behalf.</content>
public sealed partial class HostAddressSpace
{
    /// <summary>Reads 1 to 8 bytes; the bytes may lie on two pages.</summary>
    /// <param name="at">First byte.</param>
    /// <param name="length">1 to 8.</param>
    /// <param name="value">The bytes as a little-endian number; 0 when the access faulted.</param>
    public HostFault Load(Hva at, int length, out ulong value)
    {
        value = 0;
        var first = Math.Min(length, (int)(4096 - (at.Value & 0xfff)));
        var fault = LoadWithin(at, first, out var low);
        if (fault == HostFault.None && first < length)
        {
            fault = LoadWithin(at + (ulong)first, length - first, out var high);
            low |= high << (first * 8);
        }

        value = fault == HostFault.None ? low : 0;
        return fault;
    }

    /// <summary>Reads a run of bytes, as the kernel takes an argument from user memory.</summary>
    /// <param name="at">First byte.</param>
    /// <param name="bytes">The bytes, a multiple of 8; what was read before a fault is in them.</param>
    /// <returns>The first fault met, or none.</returns>
    public HostFault Load(Hva at, Span<byte> bytes)
    {
        for (var done = 0; done < bytes.Length; done += 8)
        {
            var fault = Load(at + (ulong)done, 8, out var word);
            if (fault != HostFault.None)
            {
                return fault;
            }

            BinaryPrimitives.WriteUInt64LittleEndian(bytes[done..], word);
        }

        return HostFault.None;
    }

    /// <summary>Writes 1 to 8 bytes; the bytes may lie on two pages. An access that faults changes nothing but entries made on the way.</summary>
    /// <param name="at">First byte.</param>
    /// <param name="length">1 to 8.</param>
    /// <param name="value">The bytes as a little-endian number.</param>
    public HostFault Store(Hva at, int length, ulong value)
    {
        var first = Math.Min(length, (int)(4096 - (at.Value & 0xfff)));
        var fault = Touch(new(at.PageNumber), AccessKind.Write, out var low);
        Pfn high = default;
        if (fault == HostFault.None && first < length)
        {
            fault = Touch(new(at.PageNumber + 1), AccessKind.Write, out high);
        }

        if (fault != HostFault.None || !Allowed(low, AccessKind.Write) || (first < length && !Allowed(high, AccessKind.Write)))
        {
            return fault == HostFault.None ? HostFault.NoPage : fault;
        }

        _machine.Bytes.Write(Own(low, AccessKind.Write), low.Address + (at.Value & 0xfff), first, value, ContentKey.None);
        if (first < length)
        {
            _machine.Bytes.Write(Own(high, AccessKind.Write), high.Address, length - first, value >> (first * 8), ContentKey.None);
        }

        Emit(StepKind.HostAccess, new(at.PageNumber), low);
        return HostFault.None;
    }

    /// <summary>Touches a page as an access would: makes its entry, allocating and clearing what is missing.</summary>
    /// <param name="page">The page number.</param>
    /// <param name="access">What the access does.</param>
    /// <param name="frame">The frame behind it.</param>
    public HostFault Touch(PageIndex page, AccessKind access, out Pfn frame)
    {
        frame = default;
        if (!_areas.TryGet(page.Value, out var area))
        {
            return HostFault.NotMapped;
        }

        if ((area.Rights & NeededFor(access)) == 0)
        {
            return HostFault.NotPermitted;
        }

        if (_entries.TryGet(page.Value, out var entry))
        {
            frame = entry.Frame;
            if (entry.IsPoisoned)
            {
                return HostFault.Poisoned;
            }

            if (access != AccessKind.Write || entry.Writable)
            {
                return MarkWritten(area, access);
            }
        }

        return FaultIn(page, area, access, out frame);
    }

    /// <inheritdoc/>
    public Outcome GetPage(in PageRequest request, out BackingPage page)
    {
        page = default;
        var fault = Touch(request.Index, request.Write ? AccessKind.Write : AccessKind.Read, out var frame);
        if (fault != HostFault.None)
        {
            return fault switch
            {
                HostFault.Poisoned => CoreRules.Poisoned.Refuse(request.Index.Value),
                HostFault.OutOfFrames => CoreRules.OutOfFrames.Refuse(request.Index.Value),
                HostFault.NoPage => RefusalOfPage(request.Index),
                HostFault.Waits => CoreRules.InvalidationOpen.Refuse(request.Index.Value),
                _ => CoreRules.BadAddress.Refuse(request.Index.Value),
            };
        }

        _entries.TryGet(request.Index.Value, out var entry);
        page = new(frame, 0, Cleared: true, entry.Writable);
        return Outcome.Success;
    }

    /// <summary>A hardware error in the page behind an entry: every entry of this process that leads to it becomes a marker.</summary>
    /// <param name="store">The store.</param>
    /// <param name="index">The page of the store.</param>
    public void MarkPoisoned(int store, PageIndex index)
    {
        foreach (var run in _areas.Runs.ToArray())
        {
            var mine = new PageIndexRange(run.Value.Index, run.End - run.Start);
            var page = new PageIndex(run.Start + (mine.Contains(index) ? index - mine.Start : 0));
            if (run.Value.Store == store && mine.Contains(index) && _entries.ContainsAny(page.Value, page.Value + 1))
            {
                Notify(new(page, 1), begin: true);
                SetEntry(page, new(default, Writable: false, IsZeroPage: false, IsPoisoned: true));
                Notify(new(page, 1), begin: false);
            }
        }
    }

    private static HostRights NeededFor(AccessKind access) => access switch
    {
        AccessKind.Write => HostRights.Write,
        AccessKind.Execute => HostRights.Execute,
        _ => HostRights.Read | HostRights.Write | HostRights.Execute,
    };

    private HostFault LoadWithin(Hva at, int length, out ulong value)
    {
        var fault = Touch(new(at.PageNumber), AccessKind.Read, out var frame);
        if (fault == HostFault.None && !Allowed(frame, AccessKind.Read))
        {
            fault = HostFault.NoPage;
        }

        value = fault == HostFault.None
            ? _machine.Bytes.Read(Own(frame, AccessKind.Read), frame.Address + (at.Value & 0xfff), length, ContentKey.None)
            : 0;
        return fault;
    }

    private bool Allowed(Pfn frame, AccessKind access) => _machine.Ownership.Check(Own(frame, access)).IsSuccess;

    private static FrameAccess Own(Pfn frame, AccessKind access) => new(FrameOwner.Host, access, frame, PageSize.Size4K, Encrypted: false);

    // A guest's private entry keeps the host out, and is named; otherwise the page is not the host's to touch, or not there.
    private Outcome RefusalOfPage(PageIndex page)
    {
        _areas.TryGet(page.Value, out var area);
        var isHeld = _machine.Store(area.Store).TryLookUp(area.Index, out var stored);
        return isHeld && _machine.Mappings[stored.Frame].Private > 0
            ? _machine.Mappings.StillMapped(new(stored.Frame, 1), KindFilter.Private)
            : CoreRules.NotHostAccessible.Refuse(page.Value);
    }

    private HostFault FaultIn(PageIndex page, in HostArea area, AccessKind access, out Pfn frame)
    {
        frame = default;
        if (_machine.Strikes(InjectionPoint.KernelAllocation))
        {
            // No page for the process's own tables.
            return HostFault.OutOfFrames;
        }

        var store = _machine.Store(area.Store);
        var isOwn = !area.IsShared;
        if (isOwn && access == AccessKind.Read && !store.Holds(area.Index))
        {
            SetEntry(page, new(FramePool.ZeroFrame, Writable: false, IsZeroPage: true, IsPoisoned: false));
            return HostFault.None;
        }

        if (area.Index.Value < store.PageCount && (store.Kind == PageKind.Private || !store.Properties.HostMappable) && !_machine.IsOff(CoreRules.NotHostAccessible))
        {
            return HostFault.NoPage;
        }

        if (store.IsOpenOver(new(area.Index, 1)))
        {
            return HostFault.Waits;
        }

        var outcome = store.GetPage(area.Index, out var backing);
        if (!outcome.IsSuccess)
        {
            return (CoreStatus)outcome.Code switch
            {
                CoreStatus.Poisoned => HostFault.Poisoned,
                CoreStatus.OutOfFrames => HostFault.OutOfFrames,
                _ => HostFault.NoPage,
            };
        }

        if (_machine.Enforcement == Enforcement.Enforce && _machine.Mappings[backing.Frame].Private > 0)
        {
            return HostFault.NoPage;
        }

        store.ClearForUse(area.Index);
        frame = backing.Frame;
        var writable = area.Rights.HasFlag(HostRights.Write) && (area.IsShared || access == AccessKind.Write);
        Install(page, new(frame, writable, IsZeroPage: false, IsPoisoned: false));
        return MarkWritten(area, access);
    }

    private void Install(PageIndex page, in HostEntry entry)
    {
        // Taking the place of the zero page changes the frame behind the address: whoever mapped it must let go first.
        var replaces = _entries.TryGet(page.Value, out var old) && old.Frame != entry.Frame;
        if (replaces)
        {
            Notify(new(page, 1), begin: true);
        }

        SetEntry(page, entry);
        if (replaces)
        {
            Notify(new(page, 1), begin: false);
        }
    }

    private HostFault MarkWritten(in HostArea area, AccessKind access)
    {
        if (access == AccessKind.Write)
        {
            _machine.Store(area.Store).AddFlags(new(area.Index, 1), StoredPageFlags.Dirty);
        }

        return HostFault.None;
    }
}
