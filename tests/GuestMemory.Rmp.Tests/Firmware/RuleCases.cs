using static GuestMemory.Rmp.Tests.Firmware.FirmwareWorld;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Firmware;

/// <summary>At least one case for every rule of every command.</summary>
internal static partial class RuleCases
{
    private static readonly Spa Own = new(0xffff_f000);
    private static readonly Spa Beyond = new(1UL << 52);

    public static IReadOnlyList<RuleCase> All => [.. CommonCases(), .. GuestCases(), .. PageCases(), .. SwapCases(), .. PlatformCases()];

    private static RuleCase Case(string rule, SevStatus status, Func<FirmwareWorld, FirmwareResult> command, Action<FirmwareWorld>? before = null) =>
        new(rule, status, rules => Prepared(WithGuests(rules: rules), before), command);

    private static RuleCase Case(string rule, SevStatus status, Func<RuleSwitches, FirmwareWorld> world, Func<FirmwareWorld, FirmwareResult> command) =>
        new(rule, status, world, command);

    private static FirmwareWorld Prepared(FirmwareWorld world, Action<FirmwareWorld>? before)
    {
        before?.Invoke(world);
        return world;
    }

    private static FirmwareWorld Uninit(RuleSwitches rules) => Prepared(new(rules: rules), world => Ok(world.Firmware.ShutdownEx()));

    // What every command shares, made for each: a context, and whether a reserved bit is set.
    private static IEnumerable<RuleCase> CommonCases()
    {
        foreach (var (name, run, level) in Commands())
        {
            yield return Case($"{name}/reserved", SevStatus.InvalidParam, world => run(world, ContextA.Address, true));
            yield return Case($"{name}/platform", SevStatus.InvalidPlatformState, Uninit, world => run(world, ContextA.Address, false));
            if (level >= 1)
            {
                yield return Case($"{name}/context-address", SevStatus.InvalidAddress, world => run(world, Own, false));
                yield return Case($"{name}/context-address", SevStatus.InvalidAddress, world => run(world, Beyond, false));
                yield return Case($"{name}/context-address", SevStatus.InvalidAddress, world => run(world, ContextA.Address + 8, false));
                yield return Case($"{name}/context", SevStatus.InvalidGuest, world => run(world, Spare.Address, false));
            }

            if (level >= 2)
            {
                yield return Case($"{name}/guest-state", SevStatus.InvalidGuestState, world => run(world, ContextNew.Address, false));
            }

            if (level >= 3)
            {
                yield return Case($"{name}/active", SevStatus.Inactive, world => run(world, ContextIdle.Address, false));
            }
        }
    }

    // Level 0 names no guest, 1 names one, 2 needs it started, 3 active.
    private static IEnumerable<(string Name, Func<FirmwareWorld, Spa, bool, FirmwareResult> Run, int Level)> Commands() =>
    [
        ("SNP_GCTX_CREATE", (world, context, reserved) => world.Firmware.GctxCreate(new ContextOperands(context, reserved)), 0),
        ("SNP_LAUNCH_START", (world, context, reserved) => world.Firmware.LaunchStart(new LaunchStartOperands(context, 0, HasReservedBits: reserved)), 1),
        ("SNP_ACTIVATE", (world, context, reserved) => world.Firmware.Activate(new ActivateOperands(context, new(9), reserved)), 2),
        ("SNP_LAUNCH_UPDATE", (world, context, reserved) => world.Firmware.LaunchUpdate(new(context, H().Address, false, LaunchPageType.Normal, HasReservedBits: reserved)), 1),
        ("SNP_LAUNCH_FINISH", (world, context, reserved) => world.Firmware.LaunchFinish(new LaunchFinishOperands(context, null, reserved)), 1),
        ("SNP_GUEST_REQUEST", (world, context, reserved) => world.Firmware.GuestRequest(new(context, H().Address, Spare.Address, reserved)), 1),
        ("SNP_PAGE_RECLAIM", (world, context, reserved) => world.Firmware.PageReclaim(new PageOperands(Spare.Address, false, reserved)), 0),
        ("SNP_PAGE_SET_STATE", (world, context, reserved) => world.Firmware.PageSetState(new SetStateOperands([], default, reserved)), 0),
        ("SNP_PAGE_MD_INIT", (world, context, reserved) => world.Firmware.MetadataInit(new(context, Spare.Address, reserved)), 2),
        ("SNP_PAGE_MOVE", (world, context, reserved) => world.Firmware.PageMove(new(context, H().Address, Y().Address, false, reserved)), 3),
        ("SNP_PAGE_SWAP_OUT", (world, context, reserved) => world.Firmware.SwapOut(Swap(H(), Spare) with { Context = context, HasReservedBits = reserved }), 3),
        ("SNP_PAGE_SWAP_IN", (world, context, reserved) => world.Firmware.SwapIn(Swap(Spare, H()) with { Context = context, HasReservedBits = reserved }), 3),
        ("SNP_PAGE_UNSMASH", (world, context, reserved) => world.Firmware.PageUnsmash(new PageOperands(H().Address, true, reserved)), 0),
        ("SNP_DECOMMISSION", (world, context, reserved) => world.Firmware.Decommission(new ContextOperands(context, reserved)), 1),
        ("SNP_DF_FLUSH", (world, context, reserved) => world.Firmware.DfFlush(new FlushOperands(reserved)), 0),
        ("SNP_DBG_DECRYPT", (world, context, reserved) => world.Firmware.DebugDecrypt(new(context, H().Address, Spare.Address, reserved)), 3),
        ("SNP_DBG_ENCRYPT", (world, context, reserved) => world.Firmware.DebugEncrypt(new(context, Spare.Address, H().Address, reserved)), 1),
    ];
}
