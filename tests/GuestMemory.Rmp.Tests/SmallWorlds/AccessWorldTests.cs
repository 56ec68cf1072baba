using Xunit;
using static GuestMemory.Rmp.Tests.SmallWorlds.SmallWorld;

namespace GuestMemory.Rmp.Tests.SmallWorlds;

/// <summary>Every access on every entry: one look at the entry says what the rule tables say.</summary>
public sealed class AccessWorldTests
{
    private static readonly PageSize[] s_sizes = [PageSize.Size4K, PageSize.Size2M, PageSize.Size1G];

    private static IReadOnlyList<RmpAccess> Accesses { get; } =
    [
        .. from accessor in Enum.GetValues<RmpAccessor>()
           from kind in Enum.GetValues<AccessKind>()
           from part in Enum.GetValues<RmpAccessPart>()
           from frame in new[] { Head, Next, Uncovered }
           from size in s_sizes
           from asid in new[] { A, B }
           from gpa in new[] { First, Second }
           from encrypted in Flags
           from vmpl in new[] { 0, 1 }
           from supervisor in Flags
           where supervisor || kind == AccessKind.Execute
           where accessor == RmpAccessor.SnpGuest || (asid, gpa, encrypted, vmpl) == (A, First, false, 0)
           select new RmpAccess(accessor, kind, frame, size, asid, gpa + 0x123, encrypted, part, new(vmpl), supervisor),
    ];

    [Fact]
    public void The_short_way_judges_as_the_rule_tables_do()
    {
        Assert.Equal(2052, Accesses.Count);
        var world = new SmallWorld();
        var (allowed, plainly) = (0, 0);

        foreach (var entry in Entries)
        {
            world.Place(entry);
            foreach (var access in Accesses)
            {
                var verdict = ByRules(world, access);
                Require(verdict == world.Platform.Check(access), access, entry);
                allowed += verdict.IsAllowed ? 1 : 0;
                plainly += AccessCheck.IsPlainlyAllowed(world.Table, world.Platform.Holds, access) ? 1 : 0;
            }
        }

        Assert.Equal((213528, 101904), (allowed, plainly));
    }

    // With an entry being changed, or a page in use, the short way is not taken.
    [Fact]
    public void While_another_processor_holds_something_the_rule_tables_judge()
    {
        var world = new SmallWorld();
        world.Platform.Holds.BeginChange(Head);

        Assert.All(Some(Entries), entry =>
        {
            world.Place(entry);
            Assert.All(Some(Accesses), access =>
            {
                Assert.False(AccessCheck.IsPlainlyAllowed(world.Table, world.Platform.Holds, access));
                Assert.Equal(ByRules(world, access), world.Platform.Check(access));
            });
        });
    }

    // With a rule off the rule tables judge, and some access is judged otherwise.
    [Fact]
    public void With_a_rule_off_the_rule_tables_judge()
    {
        Assert.All(AccessRules.All.Where(rule => rule.Id.StartsWith("ACCESS/private/", StringComparison.Ordinal) && !rule.Id.EndsWith("changing", StringComparison.Ordinal)), rule =>
        {
            var (on, off) = (new SmallWorld(), new SmallWorld(RuleSwitches.AllOn.Without(rule.Id)));
            var others = 0;
            foreach (var entry in Entries)
            {
                on.Place(entry);
                off.Place(entry);
                foreach (var access in Some(Accesses))
                {
                    var verdict = off.Platform.Check(access);
                    Require(verdict == ByRules(off, access), access, entry);
                    others += verdict != on.Platform.Check(access) ? 1 : 0;
                }
            }

            Assert.True(others > 0, rule.Id);
        });
    }

    private static void Require(bool same, in RmpAccess access, in RmpEntry entry)
    {
        if (!same)
        {
            Assert.Fail($"{access} on {entry} is judged in two ways");
        }
    }

    private static AccessVerdict ByRules(SmallWorld world, in RmpAccess access) =>
        AccessCheck.ByRules(world.Table, world.Platform.Holds, world.Platform.Switches, world.Platform.Rules, access);

    private static IEnumerable<T> Some<T>(IReadOnlyList<T> all)
    {
        for (var at = 0; at < all.Count; at += 19)
        {
            yield return all[at];
        }
    }
}
