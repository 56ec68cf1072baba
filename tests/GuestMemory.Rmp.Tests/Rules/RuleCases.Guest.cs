using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Rules;

/// <content>The guest's instructions. Everybody has H[5] at G[5], Guest-Valid, and a 2M page at Y.</content>
internal static partial class RuleCases
{
    // An SNP guest under the hypervisor's ASID: the one thing that tells "not assigned" from "another guest's".
    private static CpuState Nobody => CpuState.Guest(Asid.Hypervisor);
    private static GuestWalk Zero => Walk(default, H(9));
    private static GuestWalk Page => Walk(G(5), H(5));

    private static Dictionary<string, GuestWalk> Walks => new(StringComparer.Ordinal)
    {
        ["guest-walk"] = Page with { End = WalkEnd.GuestFault },
        ["c-bit"] = Page with { Encrypted = false },
        ["nested-walk"] = Page with { End = WalkEnd.NestedFault },
        ["covered"] = Page with { Frame = new(Frames) },
        ["gpa"] = Walk(G(6), H(5)),
        ["nested-size"] = Walk(G(5), H(5), PageSize.Size2M),
    };

    private static IEnumerable<KeyValuePair<string, RuleCase>> Validations()
    {
        foreach (var (point, walk) in Walks)
        {
            yield return Validate(point, walk);
        }

        yield return Validate("cpl", Page, CpuState.Guest(A) with { Cpl = 3 });
        yield return Validate("not-snp", Page, new(A, SnpActive: false));
        yield return Validate("vmpl", Page, CpuState.Guest(A, new(1)));
        yield return Validate("align", Walk(G(5), H(5)), isLarge: true);
        yield return Validate("immutable", Walk(G(6), H(6)), prepare: world => world.Assign(H(6), G(6), immutable: true), validate: true);
        yield return Validate("assigned", Zero, Nobody, validate: true);
        yield return Validate("asid", Page, CpuState.Guest(B));
        yield return Validate("smaller", Walk(G(1025), Y(1), PageSize.Size2M));
        yield return Validate("larger", Walk(G(), H()), isLarge: true, prepare: world => world.Give(H(), G()));
        yield return Validate("unchanged", Page, validate: true);
    }

    private static IEnumerable<KeyValuePair<string, RuleCase>> Adjustments()
    {
        foreach (var (point, walk) in Walks)
        {
            yield return Adjust(point, walk);
        }

        yield return Adjust("mode", Page, CpuState.Guest(A) with { LongMode = false });
        yield return Adjust("cpl", Page, CpuState.Guest(A) with { Cpl = 3 });
        yield return Adjust("align", Page, isLarge: true);
        yield return Adjust("target", Page, attributes: 0x0100);
        yield return Adjust("target-unknown", Page, attributes: 0x0104);
        yield return Adjust("immutable", Page, prepare: world => world.Assign(H(5), G(5), immutable: true));
        yield return Adjust("assigned", Zero, Nobody);
        yield return Adjust("asid", Page, CpuState.Guest(B));
        yield return Adjust("smaller", Walk(G(1025), Y(1), PageSize.Size2M));
        yield return Adjust("validated", Walk(G(6), H(6)), prepare: world => world.Assign(H(6), G(6)));
        yield return Adjust("larger", Walk(G(), H()), isLarge: true, prepare: world => world.Give(H(), G()));
        yield return Adjust("rights", Page, attributes: 0x2001);
    }

    private static IEnumerable<KeyValuePair<string, RuleCase>> Queries()
    {
        foreach (var (point, walk) in Walks)
        {
            yield return Query(point, walk);
        }

        yield return Query("mode", Page, CpuState.Guest(A) with { SnpActive = false });
        yield return Query("cpl", Page, CpuState.Guest(A) with { Cpl = 3 });
        yield return Query("target", Page, target: 0);
        yield return Query("target-unknown", Page, target: 4);
        yield return Query("assigned", Zero, Nobody);
        yield return Query("asid", Page, CpuState.Guest(B));
        yield return Query("validated", Walk(G(6), H(6)), prepare: world => world.Assign(H(6), G(6)));
    }

    private static void Populate(SnpWorld world)
    {
        world.Give(H(5), G(5));
        world.GiveLarge(Y(), G(1024));
        world.Table.Write(new(Frames), s_forged);
    }

    private static KeyValuePair<string, RuleCase> Validate(
        string point, GuestWalk walk, CpuState? cpu = null, bool isLarge = false, Action<SnpWorld>? prepare = null, bool validate = false) =>
        Case("PVALIDATE/" + point, world =>
        {
            Populate(world);
            prepare?.Invoke(world);
        }, world => RuleAnswer.Of(world.Platform.Pvalidate(cpu ?? CpuState.Guest(A), walk, isLarge, validate)));

    private static KeyValuePair<string, RuleCase> Adjust(
        string point, GuestWalk walk, CpuState? cpu = null, bool isLarge = false, Action<SnpWorld>? prepare = null, ulong attributes = 0x0101) =>
        Case("RMPADJUST/" + point, world =>
        {
            Populate(world);
            prepare?.Invoke(world);
        }, world => RuleAnswer.Of(world.Platform.RmpAdjust(cpu ?? CpuState.Guest(A), walk, isLarge, attributes)));

    private static KeyValuePair<string, RuleCase> Query(string point, GuestWalk walk, CpuState? cpu = null, Action<SnpWorld>? prepare = null, byte target = 1) =>
        Case("RMPQUERY/" + point, world =>
        {
            Populate(world);
            prepare?.Invoke(world);
        }, world => RuleAnswer.Of(world.Platform.RmpQuery(cpu ?? CpuState.Guest(A), walk, target)));
}
