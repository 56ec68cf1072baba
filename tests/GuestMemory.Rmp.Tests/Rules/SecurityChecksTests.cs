using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Rules;

/// <summary>Each rule of class security switched off, and the invariant that breaks then.</summary>
public sealed class SecurityChecksTests
{
    private static readonly RmpAccess s_own = RmpAccess.Private(A, AccessKind.Write, G(5), H(5));
    private static readonly VmrunOperands s_run = new(Y(1), A, IsSnpActive: true, H(5));
    private static readonly RmpEntry s_forged = new() { Assigned = true, Asid = A, Gpa = G(5), Validated = true, Vmsa = true, Permissions = 0x1f };

    private static readonly Dictionary<string, Attack> s_attacks = new(StringComparer.Ordinal)
    {
        ["RMPUPDATE/in-use"] = new("INV-SNP-20", TakeRunningSaveArea),
        ["RMPUPDATE/in-use-last"] = new("INV-SNP-20", TakeRunningSaveArea, SnpSwitches.Default with { InUsePlace = InUsePlace.Last }),
        ["RMPUPDATE/immutable"] = new("INV-SNP-11", world => With(world, w => w.ToFirmware(H(6)), w => Facts.ImmutableEntriesStay(w, () => w.Share(H(6))))),
        ["RMPUPDATE/inside-large"] = new("INV-SNP-8", world => world.AssignLarge(Y(), G()).IsSuccess && !world.Share(Y(5)).IsSuccess),
        ["RMPUPDATE/over-small"] = new("INV-SNP-11", world => With(world, w => w.ToFirmware(H(6)), w => Facts.ImmutableEntriesStay(w, () => w.AssignLarge(H(), G())))),
        ["RMPUPDATE/over-fixed"] = new(
            "INV-SNP-11", world => With(world, w => w.Table.Write(H(518), new() { Immutable = true }), w => Facts.ImmutableEntriesStay(w, () => w.AssignLarge(H(512), G(512))))),
        ["PSMASH/immutable"] = new(
            "INV-SNP-11", world => With(world, w => w.AssignLarge(H(512), G(512), immutable: true), w => Facts.ImmutableEntriesStay(w, () => w.Platform.Psmash(H(512).Address)))),
        ["PVALIDATE/immutable"] = new(
            "INV-SNP-11", world => With(world, w => w.Assign(H(6), G(6), immutable: true), w => Facts.ImmutableEntriesStay(w, () => w.Validate(G(6), H(6))))),
        ["PVALIDATE/assigned"] = new(
            "INV-SNP-3", world => With(world, w => w.Validate(default, H(9), cpu: CpuState.Guest(Asid.Hypervisor)), Facts.ValidatedPagesAreGuests)),
        ["PVALIDATE/gpa"] = new("INV-SNP-17", ValidateThroughAnotherAddress),
        ["PVALIDATE/asid"] = new("INV-SNP-17", ValidateForAnotherGuest),
        ["RMPADJUST/target"] = new("INV-SNP-19", world => AdjustOwnPage(world, CpuState.Guest(A, new(1)), 0x0101)),
        ["RMPADJUST/immutable"] = new("INV-SNP-11", AdjustPageOnItsWayOut),
        ["RMPADJUST/gpa"] = new("INV-SNP-19", world => With(world, GivePage, w => Facts.MasksComeFromAbove(w, CpuState.Guest(A), Walk(G(6), H(5)), 0x0302))),
        ["RMPADJUST/asid"] = new("INV-SNP-19", world => AdjustOwnPage(world, CpuState.Guest(B), 0x0302)),
        ["RMPADJUST/rights"] = new("INV-SNP-19", world => AdjustOwnPage(world, CpuState.Guest(A, new(1)), 0x0702)),
        ["VMRUN/vmcb"] = new("INV-SNP-12", world => Run(world, w => w.Assign(Y(1), G(1)), s_run, Facts.WritesToTheHypervisorsPages)),
        ["VMRUN/avic"] = new("INV-SNP-12", world => Run(world, w => w.Assign(Y(2), G(2)), s_run with { AvicBacking = Y(2) }, Facts.WritesToTheHypervisorsPages)),
        ["VMRUN/vmsa-assigned"] = new("INV-SNP-12", world => Run(world, _ => { }, s_run with { IsSnpActive = false }, Facts.WritesToTheHypervisorsPages)),
        ["VMRUN/vmsa-covered"] = new(
            "INV-SNP-16", world => Run(world, w => w.Table.Write(new(Frames), s_forged), s_run with { Vmsa = new Pfn(Frames) }, Facts.SaveAreasAreTheGuests)),
        ["VMRUN/vmsa-guest-owned"] = new("INV-SNP-16", world => Run(world, _ => { }, s_run with { Asid = B }, Facts.SaveAreasAreTheGuests)),
        ["VMRUN/vmsa-reverse-map"] = new("INV-SNP-16", world => Run(world, _ => { }, s_run, Facts.SaveAreasAreTheGuests), SnpSwitches.Default with { ChecksVmsaAddress = true }),
        ["VMRUN/vmsa-mutable"] = new("INV-SNP-16", world => Run(world, w => w.Assign(H(5), G(5), immutable: true), s_run, Facts.SaveAreasAreTheGuests)),
        ["VMRUN/vmsa-bit"] = new("INV-SNP-16", world => Run(world, w => w.Give(H(6), G(6)), s_run with { Vmsa = H(6) }, Facts.SaveAreasAreTheGuests)),
        ["VMRUN/save-page"] = new("INV-SNP-12", world => With(world, GivePage, w => !w.Platform.WriteHsave(H(5)).IsSuccess || !w.Table.Resolve(H(5)).Assigned)),
        ["ACCESS/host/hypervisor-owned"] = new("INV-SNP-12", world => Write(world, RmpAccess.Host(AccessKind.Write, H(5)))),
        ["ACCESS/guest/hypervisor-owned"] = new("INV-SNP-12", world => Write(world, new(RmpAccessor.Guest, AccessKind.Write, H(5), Asid: B))),
        ["ACCESS/shared/hypervisor-owned"] = new("INV-SNP-12", world => Write(world, new(RmpAccessor.SnpGuest, AccessKind.Write, H(5), Asid: B))),
        ["ACCESS/device/hypervisor-owned"] = new("INV-SNP-12", world => Write(world, new(RmpAccessor.Device, AccessKind.Write, H(5)))),
        ["ACCESS/private/covered"] = new("INV-SNP-16", world => Touch(world, w => w.Table.Write(new(Frames), s_forged), s_own with { Frame = new(Frames) })),
        ["ACCESS/private/guest-owned"] = new("INV-SNP-16", world => Touch(world, _ => { }, s_own with { Asid = B })),
        ["ACCESS/private/reverse-map"] = new("INV-SNP-16", world => Touch(world, _ => { }, s_own with { Gpa = G(6) })),
        ["ACCESS/private/mutable"] = new("INV-SNP-16", world => Touch(world, w => w.Assign(H(5), G(5), immutable: true), s_own)),
        ["ACCESS/private/page-size"] = new("INV-SNP-15", world => With(world, GivePage, w => Facts.SizesAgree(w, s_own with { MappingSize = PageSize.Size2M }))),
        ["ACCESS/private/validated"] = new("INV-SNP-16", world => Touch(world, w => w.Validate(G(5), H(5), validate: false), s_own)),
        ["ACCESS/private/vmpl"] = new("INV-SNP-19", world => With(world, GivePage, w => Facts.LevelsStayWithinTheirMask(w, s_own with { Vmpl = new(1) }))),
    };

    public static TheoryData<string> Checks => [.. s_attacks.Keys];

    [Fact]
    public void Every_security_rule_has_an_attack() =>
        Assert.Equal(
            RuleCatalogue.All.Where(rule => rule.Class == CheckClass.Security).Select(rule => rule.Id).Order(StringComparer.Ordinal),
            s_attacks.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Checks))]
    public void An_attack_fails_while_its_rule_is_on(string id) => Assert.True(s_attacks[id].HoldsWith(RuleSwitches.AllOn));

    [Theory]
    [MemberData(nameof(Checks))]
    public void An_attack_breaks_its_invariant_while_its_rule_is_off(string id) => Assert.False(s_attacks[id].HoldsWith(RuleSwitches.AllOn.Without(id)));

    private static bool With(SnpWorld world, Action<SnpWorld> prepare, Func<SnpWorld, bool> holds)
    {
        prepare(world);
        return holds(world);
    }

    private static void GivePage(SnpWorld world) => world.Give(H(5), G(5));

    private static bool Write(SnpWorld world, RmpAccess access) => With(world, GivePage, w => Facts.BytesStay(w, access));

    private static bool Touch(SnpWorld world, Action<SnpWorld> prepare, RmpAccess access)
    {
        GivePage(world);
        prepare(world);
        return Facts.PrivateAccessesHitTheirPage(world, access);
    }

    private static bool Run(SnpWorld world, Action<SnpWorld> prepare, VmrunOperands run, Func<SnpWorld, VmrunOperands, bool> holds)
    {
        RuleCases.GiveSaveArea(world, H(5), G(5));
        prepare(world);
        return holds(world, run);
    }

    private static bool TakeRunningSaveArea(SnpWorld world)
    {
        RuleCases.GiveSaveArea(world, H(5), G(5));
        Assert.True(world.Platform.RunVcpu(s_run).IsSuccess);
        return Facts.PagesInUseStay(world, () => world.Share(H(5)));
    }

    // The guest validates G[5] and G[6] once each; the hypervisor leads G[6] to a second page bound at G[5].
    private static bool ValidateThroughAnotherAddress(SnpWorld world)
    {
        world.Give(H(5), G(5));
        world.Assign(Y(5), G(5));
        world.Validate(G(6), Y(5));
        return Facts.AddressesAreValidatedOnce(world);
    }

    // B validates for itself only; A validates a second page that the hypervisor bound to B's address.
    private static bool ValidateForAnotherGuest(SnpWorld world)
    {
        world.Assign(H(5), G(5), asid: B);
        world.Validate(G(5), H(5), cpu: CpuState.Guest(B));
        world.Assign(Y(5), G(5), asid: B);
        world.Validate(G(5), Y(5), cpu: CpuState.Guest(A));
        return Facts.AddressesAreValidatedOnce(world);
    }

    // VMPL 1 has read and write, VMPL 2 nothing.
    private static bool AdjustOwnPage(SnpWorld world, CpuState cpu, ulong attributes)
    {
        world.Give(H(5), G(5));
        Assert.True(world.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(5), H(5)), false, 0x0301).IsSuccess);
        return Facts.MasksComeFromAbove(world, cpu, Walk(G(5), H(5)), attributes);
    }

    private static bool AdjustPageOnItsWayOut(SnpWorld world)
    {
        world.Give(H(5), G(5));
        world.Assign(H(5), G(5), immutable: true);
        return Facts.ImmutableEntriesStay(world, () => world.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(5), H(5)), false, 0x0301));
    }
}
