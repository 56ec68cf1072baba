namespace GuestMemory.Rmp;

/// <summary>The invariants of <see cref="RmpInvariants"/>, on what a step of the run scenario touched, in the order of their numbers and without allocating.</summary>
/// <remarks>What 4K pages of running guests cannot break (large pages, metadata, swapping, vCPUs in use) is not asked for. A test holds them against <see cref="RmpChecker"/>.</remarks>
internal sealed class RunChecks
{
    private readonly SnpPlatform _platform;
    private readonly PfnRange _frames;
    private readonly int _assignedBesides;
    private long _revision;

    public RunChecks(SnpPlatform platform, PfnRange frames)
    {
        (_platform, _frames) = (platform, frames);
        _assignedBesides = platform.Table.AssignedIn2M(frames.Start);
    }

    /// <summary>A step begins.</summary>
    public void Begin() => _revision = _platform.Contents.Revision;

    /// <summary>An instruction ended.</summary>
    /// <param name="frame">The page it named.</param>
    /// <param name="old">Its entry before.</param>
    /// <param name="isDone">Whether it said that it changed it.</param>
    /// <param name="cpu">Whose instruction it was.</param>
    public void AfterInstruction(Pfn frame, in RmpEntry old, bool isDone, Asid cpu)
    {
        var now = _platform.Table.Raw(frame);
        if (now != old)
        {
            RequirePage(frame, now);
            RequireCounts(old.Asid, now.Asid);
            Require(!old.Immutable, 11, frame);
        }

        Require(_revision == _platform.Contents.Revision, 12, frame);
        if (now != old)
        {
            Require(!cpu.IsGuest || (old.Asid == cpu && _platform.Table.Coverage.Covers(frame)), 16, frame);
            Require(!now.Validated || (old.Validated && old.Gpa == now.Gpa) || !IsTwice(frame, now), 17, frame);
            Require((now.Permissions & ~old.Permissions & 0xffff_ff00) == 0, 19, frame);
            Require(isDone, 25, frame);
        }
    }

    /// <summary>A write with plain bytes went through.</summary>
    /// <param name="access">The write.</param>
    public void AfterOpenWrite(in RmpAccess access) => Require(!_platform.Table.Raw(access.Frame).Assigned, 12, access.Frame);

    /// <summary>A private access of a guest's went through.</summary>
    /// <param name="access">The access.</param>
    /// <param name="isOther">Whether it read something else than the guest wrote last.</param>
    public void AfterPrivate(in RmpAccess access, bool isOther)
    {
        var entry = _platform.Table.Raw(access.Frame);
        Require(entry.Size == PageSize.Size4K, 15, access.Frame);
        Require(entry is { Assigned: true, Validated: true, Immutable: false } && entry.Asid == access.Asid && entry.Gpa.Frame == access.Gpa.Frame, 16, access.Frame);
        Require(!isOther, 18, access.Frame);
        Require(AccessRules.Allows(entry.PermissionsOf(access.Vmpl), access), 19, access.Frame);
    }

    private void RequirePage(Pfn frame, in RmpEntry entry)
    {
        Require(entry.State != RmpPageState.Invalid, 1, frame);
        Require(_platform.Table.Resolve(frame) == entry, 2, frame);
        Require(!entry.Validated || (entry.Assigned && entry.Asid.IsGuest), 3, frame);
        Require(entry.Assigned || entry == new RmpEntry { Immutable = entry.Immutable, Permissions = entry.Permissions }, 4, frame);
        Require(!entry.Asid.IsGuest || entry.Assigned, 5, frame);
        Require(!entry.Vmsa || entry.Asid.IsGuest || entry.State == RmpPageState.Context, 6, frame);
        Require(entry.Size == PageSize.Size4K, 7, frame);
    }

    private void RequireCounts(Asid old, Asid now)
    {
        var (assigned, ofOld, ofNow) = (_assignedBesides, 0UL, 0UL);
        for (var frame = _frames.Start; frame < _frames.End; frame += 1)
        {
            var entry = _platform.Table.Raw(frame);
            assigned += entry.Assigned ? 1 : 0;
            ofOld += entry.Asid == old ? 1UL : 0;
            ofNow += entry.Asid == now ? 1UL : 0;
        }

        Require(_platform.Table.AssignedIn2M(_frames.Start) == assigned, 9, _frames.Start);
        Require(!old.IsGuest || _platform.Table.PagesOf(old) == ofOld, 10, _frames.Start);
        Require(!now.IsGuest || _platform.Table.PagesOf(now) == ofNow, 10, _frames.Start);
    }

    private bool IsTwice(Pfn page, in RmpEntry entry)
    {
        for (var frame = _frames.Start; frame < _frames.End; frame += 1)
        {
            var other = _platform.Table.Raw(frame);
            if (frame != page && other.Validated && other.Asid == entry.Asid && other.Gpa == entry.Gpa)
            {
                return true;
            }
        }

        return false;
    }

    private void Require(bool holds, int invariant, Pfn frame)
    {
        if (!holds)
        {
            throw Broken(invariant, frame);
        }
    }

    private ModelInvariantException Broken(int invariant, Pfn frame)
    {
        var named = RmpInvariants.All[invariant - 1];
        return new(named.Name, $"{frame} is {_platform.Table.Resolve(frame)} after the step; {named.Sentence}");
    }
}
