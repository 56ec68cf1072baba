using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Rules;

/// <content>Accesses. Everybody has H[5] at G[5], Guest-Valid.</content>
internal static partial class RuleCases
{
    private static IEnumerable<KeyValuePair<string, RuleCase>> Accesses()
    {
        var host = RmpAccess.Host(AccessKind.Write, H(5));
        yield return Access("host/changing", world => world.Platform.Holds.BeginChange(H(6)), host with { Frame = H(6) });
        yield return Access("host/erratum", world => world.Platform.RunVcpu(new(Y(), B, IsSnpActive: false)), RmpAccess.Host(AccessKind.Write, Y(9), PageSize.Size2M), SnpSwitches.Default with { LargeMappingErratum = true });
        yield return Access("host/hypervisor-owned", _ => { }, host);

        var plain = new RmpAccess(RmpAccessor.Guest, AccessKind.Write, H(5), Asid: B);
        yield return Access("guest/changing", world => world.Platform.Holds.BeginChange(H(6)), plain with { Frame = H(6) });
        yield return Access("guest/hypervisor-owned", _ => { }, plain);

        var shared = new RmpAccess(RmpAccessor.SnpGuest, AccessKind.Write, H(5), Asid: A, Gpa: G(5));
        yield return Access("shared/changing", world => world.Platform.Holds.BeginChange(H(6)), shared with { Frame = H(6) });
        yield return Access("shared/hypervisor-owned", _ => { }, shared);
        yield return Access("device/hypervisor-owned", _ => { }, new(RmpAccessor.Device, AccessKind.Write, H(5)));

        var own = RmpAccess.Private(A, AccessKind.Write, G(5), H(5));
        yield return Access("private/changing", world => world.Platform.Holds.BeginChange(H(5)), own);
        yield return Access("private/covered", world => world.Table.Write(new(Frames), s_forged), own with { Frame = new(Frames) });
        yield return Access("private/guest-owned", _ => { }, own with { Asid = B });
        yield return Access("private/reverse-map", _ => { }, own with { Gpa = G(6) });
        yield return Access("private/mutable", world => world.Assign(H(5), G(5), immutable: true), own);
        yield return Access("private/page-size", _ => { }, own with { MappingSize = PageSize.Size2M });
        yield return Access("private/validated", world => world.Validate(G(5), H(5), validate: false), own);
        yield return Access("private/vmpl", _ => { }, own with { Vmpl = new(1) });
    }

    private static KeyValuePair<string, RuleCase> Access(string point, Action<SnpWorld> prepare, RmpAccess access, SnpSwitches? switches = null) =>
        Case("ACCESS/" + point, world =>
        {
            world.Give(H(5), G(5));
            prepare(world);
        }, world => RuleAnswer.Of(world.Platform.Check(access)), switches);
}
