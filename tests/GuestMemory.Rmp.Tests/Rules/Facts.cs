using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Rules;

/// <summary>The invariants of sev-snp chapter 8 that single operations can break, as plain predicates.</summary>
internal static class Facts
{
    private static readonly Pfn[] s_watched = [.. Enumerable.Range(0, 1024).Select(page => H((ulong)page)), .. Enumerable.Range(0, 16).Select(page => Y((ulong)page)), new(Frames)];

    /// <summary>INV-SNP-3: a validated page is assigned to a guest.</summary>
    public static bool ValidatedPagesAreGuests(SnpWorld world) =>
        Entries(world).All(entry => !entry.Validated || (entry.Assigned && entry.Asid.IsGuest));

    /// <summary>INV-SNP-11: an immutable entry is as it was.</summary>
    public static bool ImmutableEntriesStay(SnpWorld world, Action operation)
    {
        var before = Entries(world);
        operation();
        return before.Zip(Entries(world)).All(pair => !pair.First.Immutable || pair.First == pair.Second);
    }

    /// <summary>INV-SNP-12: bytes of an assigned page change by private writes only.</summary>
    public static bool BytesStay(SnpWorld world, RmpAccess access)
    {
        var before = world.Platform.Contents.Read(access.Frame.Address, 8);
        world.Platform.Write(access, 0, 8, ~before);
        return !world.Table.Resolve(access.Frame).Assigned || world.Platform.Contents.Read(access.Frame.Address, 8) == before;
    }

    /// <summary>INV-SNP-12 for what the processor writes on the host's behalf: control block, AVIC page, a plain guest's save area.</summary>
    public static bool WritesToTheHypervisorsPages(SnpWorld world, VmrunOperands run) =>
        !world.Platform.RunVcpu(run).IsSuccess
        || !new[] { run.Vmcb, run.AvicBacking ?? run.Vmcb, run.IsSnpActive ? run.Vmcb : run.Vmsa ?? run.Vmcb }.Any(page => world.Table.Resolve(page).Assigned);

    /// <summary>INV-SNP-15: an access through a nested mapping of another size than the entry's does not go through.</summary>
    public static bool SizesAgree(SnpWorld world, RmpAccess access) =>
        !world.Platform.Check(access).IsAllowed || (access.MappingSize == PageSize.Size4K) == (world.Table.Resolve(access.Frame).Size == PageSize.Size4K);

    /// <summary>INV-SNP-16: a private access that goes through hits a validated, mutable entry of its ASID and address.</summary>
    public static bool PrivateAccessesHitTheirPage(SnpWorld world, RmpAccess access) =>
        !world.Platform.Check(access).IsAllowed
        || (world.Table.Coverage.Covers(access.Frame) && world.Table.Resolve(access.Frame) is { Validated: true, Immutable: false } entry
            && entry.Asid == access.Asid && entry.Gpa.Frame == access.Gpa.Frame);

    /// <summary>INV-SNP-16 for a save area: the guest's own, covered, mutable, marked as one, at the address asked for.</summary>
    public static bool SaveAreasAreTheGuests(SnpWorld world, VmrunOperands run) =>
        !world.Platform.RunVcpu(run).IsSuccess
        || (run.Vmsa is { } page && world.Table.Coverage.Covers(page) && world.Table.Resolve(page) is { Vmsa: true, Immutable: false } entry && entry.Asid == run.Asid
            && (!world.Platform.Switches.ChecksVmsaAddress || entry.Gpa == world.Platform.Switches.VmsaGpa));

    /// <summary>INV-SNP-17: one validated page for a guest's address. The guests here validate an address once.</summary>
    public static bool AddressesAreValidatedOnce(SnpWorld world) =>
        Entries(world).Where(entry => entry.Validated).GroupBy(entry => (entry.Asid, entry.Gpa)).All(group => group.Count() == 1);

    /// <summary>INV-SNP-19: masks of a page change only by a higher level of its own guest, at the page's address, to what that level has.</summary>
    public static bool MasksComeFromAbove(SnpWorld world, CpuState cpu, GuestWalk walk, ulong attributes)
    {
        var before = world.Table.Resolve(walk.Frame);
        world.Platform.RmpAdjust(cpu, walk, false, attributes);
        var after = world.Table.Resolve(walk.Frame);
        var target = new Vmpl((int)(attributes & 3));
        var granted = (int)after.PermissionsOf(target);
        return before.Permissions == after.Permissions
            || (cpu.Vmpl.Value < target.Value && before.Asid == cpu.Asid && before.Gpa.Frame == walk.Gpa.Frame && (granted & ~(int)before.PermissionsOf(cpu.Vmpl)) == 0);
    }

    /// <summary>INV-SNP-19 for an access: a level does what its mask says.</summary>
    public static bool LevelsStayWithinTheirMask(SnpWorld world, RmpAccess access) =>
        !world.Platform.Check(access).IsAllowed || AccessRules.Allows(world.Table.Resolve(access.Frame).PermissionsOf(access.Vmpl), access);

    /// <summary>INV-SNP-20: pages in use keep their entries.</summary>
    public static bool PagesInUseStay(SnpWorld world, Action operation)
    {
        var before = world.Platform.Holds.InUse.Select(world.Table.Resolve).ToArray();
        operation();
        return before.SequenceEqual(world.Platform.Holds.InUse.Select(world.Table.Resolve));
    }

    private static RmpEntry[] Entries(SnpWorld world) => [.. s_watched.Select(world.Table.Resolve)];
}
