using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Firmware;

/// <summary>One attack for each rule of class security. Guest B is the victim where the host works through A.</summary>
internal static partial class Attacks
{
    private const ulong Secret = 7;

    public static IReadOnlyDictionary<string, Attack> All { get; } =
        ((IEnumerable<KeyValuePair<string, Attack>>)[.. OfThePlatform(), .. OfGuests(), .. OfPages(), .. OfSwapping()]).ToDictionary(StringComparer.Ordinal);

    private static KeyValuePair<string, Attack> On(
        string rule,
        string invariant,
        Func<FirmwareWorld, FirmwareResult> command,
        Action<FirmwareWorld>? prepare = null,
        Action<FirmwareWorld>? use = null,
        Func<RuleSwitches, FirmwareWorld>? world = null) => new(rule, new(invariant, command, prepare, use, world));

    private static FirmwareWorld Prepared(FirmwareWorld world, params ReadOnlySpan<Action<FirmwareWorld>> steps)
    {
        foreach (var step in steps)
        {
            step(world);
        }

        return world;
    }

    // A page of guest B's at G[5] that it wrote.
    private static Action<FirmwareWorld> VictimAt(Pfn frame) => world => GiveVictim(world, frame, G(5));

    private static void GiveVictim(FirmwareWorld world, Pfn frame, Gpa gpa)
    {
        Assert.True(world.Snp.Assign(frame, gpa, asid: B).IsSuccess);
        Assert.True(world.Snp.Validate(gpa, frame, cpu: CpuState.Guest(B)).IsChanged);
        Assert.True(world.Platform.Write(RmpAccess.Private(B, AccessKind.Write, gpa, frame), 0, 8, Secret).IsAllowed);
    }

    // The same on its way out: Pre-Swap.
    private static void VictimOnItsWayOut(FirmwareWorld world)
    {
        GiveVictim(world, H(5), G(5));
        world.PreGuest(H(5), G(5), B);
    }

    private static Action<FirmwareWorld> VictimReads(Pfn frame) => world =>
        Assert.True(world.Platform.Read(RmpAccess.Private(B, AccessKind.Read, G(5), frame), 0, 8, out _).IsAllowed);

    // Guest A's, at G[5] of its own.
    private static void GiveOwn(FirmwareWorld world)
    {
        world.Snp.Give(H(5), G(5));
        Assert.True(world.Snp.GuestWrite(G(5), H(5), Secret).IsAllowed);
    }

    private static Action<FirmwareWorld> OwnReads(Pfn frame) => world => Assert.True(world.Snp.GuestRead(G(5), frame, out _).IsAllowed);

    private static void Reclaim(FirmwareWorld world, Pfn frame) => FirmwareWorld.Ok(world.Firmware.PageReclaim(FirmwareWorld.Small(frame)));

    // A vCPU of guest A's runs with its save area in a frame.
    private static Action<FirmwareWorld> RunningOn(Pfn frame) => world =>
    {
        Rules.RuleCases.GiveSaveArea(world.Snp, frame, G(6));
        Assert.True(world.Platform.RunVcpu(new(Y(1), A, IsSnpActive: true, frame)).IsSuccess);
    };
}
