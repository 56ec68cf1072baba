using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Rules;

/// <summary>For every rule a small world and a call that it decides, chosen so that the answer is another when that rule alone is off.</summary>
internal static partial class RuleCases
{
    private static readonly CpuState s_user = CpuState.Host with { Cpl = 3 };
    private static readonly SnpSwitches s_inUseLast = SnpSwitches.Default with { InUsePlace = InUsePlace.Last };

    /// <summary>What is read past the table's end, were it taken for an entry: whatever somebody put there.</summary>
    private static readonly RmpEntry s_forged = new() { Assigned = true, Asid = A, Gpa = G(5), Validated = true, Permissions = 0x1f };

    public static IReadOnlyDictionary<string, RuleCase> All { get; } =
        Updates().Concat(Smashes()).Concat(Reads()).Concat(Validations()).Concat(Adjustments()).Concat(Queries()).Concat(Runs()).Concat(Accesses())
            .ToDictionary(StringComparer.Ordinal);

    private static IEnumerable<KeyValuePair<string, RuleCase>> Updates()
    {
        yield return Update("mode", world => world.Platform.IsOn = false, Share(H(5)));
        yield return Update("cpl", _ => { }, Share(H(5)), s_user);
        yield return Update("guest", _ => { }, Share(H(5)), CpuState.Guest(A));
        yield return Update("align", _ => { }, new(H(1).Address, Assigned: true, A, IsLarge: true));
        yield return Update("gpa-align", _ => { }, Assign(H(), G(1), PageSize.Size2M));
        yield return Update("asid-limit", _ => { }, Assign(H(), G()), switches: SnpSwitches.Default with { LargestAsid = 4 });
        yield return Update("unassigned-state", _ => { }, new(H(5).Address, Assigned: false, A));
        yield return Update("covered", _ => { }, Assign(new(Frames), G()));
        yield return Update("in-use", world => world.Platform.Holds.BeginChange(H(5)), Share(H(5)));
        yield return Update("in-use-last", world => world.Platform.Holds.BeginChange(H(5)), Share(H(5)), switches: s_inUseLast);
        yield return Update("immutable", world => world.ToFirmware(H(5)), Share(H(5)));
        yield return Update("inside-large", world => world.AssignLarge(H(), G()), Share(H(5)));
        yield return Update("neighbour-changing", world => world.Platform.Holds.BeginChange(H(5)), Share(H()));
        yield return Update("over-small", world => world.Assign(H(5), G(5)), Assign(H(), G(), PageSize.Size2M));
        yield return Update("over-fixed", world => world.Table.Write(H(5), new() { Immutable = true }), Assign(H(), G(), PageSize.Size2M));
    }

    private static IEnumerable<KeyValuePair<string, RuleCase>> Smashes()
    {
        yield return Smash("mode", world => world.Platform.IsOn = false);
        yield return Smash("cpl", _ => { }, s_user);
        yield return Smash("guest", _ => { }, CpuState.Guest(A));
        yield return Smash("covered", world => world.Table.WriteLarge(new(Frames), s_forged with { Gpa = G() }), frame: new Pfn(Frames));
        yield return Smash("in-use", world => world.Platform.Holds.BeginChange(H()));
        yield return Smash("in-use-last", world => world.Platform.Holds.BeginChange(H()), switches: s_inUseLast);
        yield return Smash("immutable", world => world.AssignLarge(H(), G(), immutable: true));
        yield return Smash("not-large", _ => { }, frame: Y());
    }

    private static IEnumerable<KeyValuePair<string, RuleCase>> Reads()
    {
        yield return Read("mode", CpuState.Host with { LongMode = false }, H());
        yield return Read("cpl", s_user, H());
        yield return Read("guest", CpuState.Guest(A), H());
        yield return Read("covered", CpuState.Host, new(Frames));
    }

    private static IEnumerable<KeyValuePair<string, RuleCase>> Runs()
    {
        var run = new VmrunOperands(Y(1), A, IsSnpActive: true, H(5));
        yield return Run("vmcb", world => world.Assign(Y(1), G(1)), run);
        yield return Run("snp-off", world => world.Platform.IsOn = false, run);
        yield return Run("hsave-fixed", FixSavePage, run);
        yield return Run("avic", world => world.Assign(Y(2), G(2)), run with { AvicBacking = Y(2) });
        yield return Run("vmsa-assigned", _ => { }, run with { IsSnpActive = false });
        yield return Run("vmsa-covered", world => world.Table.Write(new(Frames), s_forged with { Vmsa = true }), run with { Vmsa = new Pfn(Frames) });
        yield return Run("vmsa-guest-owned", _ => { }, run with { Asid = B });
        yield return Run("vmsa-reverse-map", _ => { }, run, SnpSwitches.Default with { ChecksVmsaAddress = true });
        yield return Run("vmsa-mutable", world => world.Assign(H(5), G(5), immutable: true), run);
        yield return Run("vmsa-bit", world => world.Give(H(6), G(6)), run with { Vmsa = H(6) });
        yield return new("VMRUN/save-page", new(world =>
        {
            world.Assign(H(5), G(5));
            return RuleAnswer.Of(world.Platform.CheckSavePage(H(5)));
        }));
    }

    /// <summary>A save area of guest A's.</summary>
    public static void GiveSaveArea(SnpWorld world, Pfn frame, Gpa gpa)
    {
        world.Give(frame, gpa);
        world.Platform.RmpAdjust(CpuState.Guest(A), Walk(gpa, frame), false, 0x1_0001);
    }

    private static void FixSavePage(SnpWorld world)
    {
        world.Platform.WriteHsave(Y(7));
        world.Table.Write(Y(7), new() { Immutable = true });
    }

    private static RmpUpdateOperands Share(Pfn frame) => RmpUpdateOperands.Share(new(frame, PageSize.Size4K));

    private static RmpUpdateOperands Assign(Pfn frame, Gpa gpa, PageSize size = PageSize.Size4K) => RmpUpdateOperands.Assign(new(frame, size), A, gpa);

    private static KeyValuePair<string, RuleCase> Update(string point, Action<SnpWorld> prepare, RmpUpdateOperands operands, CpuState? cpu = null, SnpSwitches? switches = null) =>
        Case("RMPUPDATE/" + point, prepare, world => RuleAnswer.Of(world.Platform.RmpUpdate(cpu ?? CpuState.Host, operands)), switches);

    private static KeyValuePair<string, RuleCase> Smash(string point, Action<SnpWorld> prepare, CpuState? cpu = null, Pfn? frame = null, SnpSwitches? switches = null) =>
        Case("PSMASH/" + point, world =>
        {
            world.AssignLarge(H(), G());
            prepare(world);
        }, world => RuleAnswer.Of(world.Platform.Psmash(cpu ?? CpuState.Host, (frame ?? H()).Address)), switches);

    private static KeyValuePair<string, RuleCase> Read(string point, CpuState cpu, Pfn frame) =>
        Case("RMPREAD/" + point, _ => { }, world => RuleAnswer.Of(world.Platform.RmpRead(cpu, frame.Address)));

    private static KeyValuePair<string, RuleCase> Run(string point, Action<SnpWorld> prepare, VmrunOperands operands, SnpSwitches? switches = null) =>
        Case("VMRUN/" + point, world =>
        {
            GiveSaveArea(world, H(5), G(5));
            prepare(world);
        }, world => RuleAnswer.Of(world.Platform.RunVcpu(operands)), switches);

    private static KeyValuePair<string, RuleCase> Case(string id, Action<SnpWorld> prepare, Func<SnpWorld, RuleAnswer> ask, SnpSwitches? switches = null) =>
        new(id, new(world =>
        {
            prepare(world);
            return ask(world);
        }, switches));
}
