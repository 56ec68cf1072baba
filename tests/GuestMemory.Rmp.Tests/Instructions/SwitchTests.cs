using System.Globalization;
using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Instructions;

/// <summary>Each open point is one switch, and a switch changes the answer it names and no other.</summary>
public sealed class SwitchTests
{
    private static readonly Dictionary<string, SwitchCase> s_cases = new(StringComparer.Ordinal)
    {
        [nameof(SnpSwitches.ImplementedVmpls)] = new(s => s with { ImplementedVmpls = 2 }, world => Adjust(world, 0x0103), "Success", "FailInput [RMPADJUST/target-unknown]"),
        [nameof(SnpSwitches.InUsePlace)] = new(s => s with { InUsePlace = InUsePlace.Last }, UpdateBusyFirmwarePage, "FailInUse [RMPUPDATE/in-use]", "FailPermission [RMPUPDATE/immutable]"),
        [nameof(SnpSwitches.RefusesUnalignedLargeGpa)] = new(
            s => s with { RefusesUnalignedLargeGpa = false }, world => world.AssignLarge(H(), G(1)), "FailInput [RMPUPDATE/gpa-align]", "Success"),
        [nameof(SnpSwitches.ReplacesLargePages)] = new(s => s with { ReplacesLargePages = false }, ShareLarge, "Success", "FailOverlap [RMPUPDATE/over-small]"),
        [nameof(SnpSwitches.LargestAsid)] = new(
            s => s with { LargestAsid = 508 }, world => world.Assign(H(), G(), asid: new(509)), "Success", "FailInput [RMPUPDATE/asid-limit]"),
        [nameof(SnpSwitches.PsmashRefusal)] = new(
            s => s with { PsmashRefusal = (RmpStatus)7 }, world => (uint)world.Platform.Psmash(H().Address).Status, "4", "7"),
        [nameof(SnpSwitches.RmpAdjustUnknownVmpl)] = new(
            s => s with { RmpAdjustUnknownVmpl = RmpStatus.FailPermission }, world => Adjust(world, 0x0104), "FailInput [RMPADJUST/target-unknown]", "FailPermission [RMPADJUST/target-unknown]"),
        [nameof(SnpSwitches.RmpQueryUnknownVmpl)] = new(s => s with { RmpQueryUnknownVmpl = RmpStatus.FailInput }, Query, "FailPermission", "FailInput"),
        [nameof(SnpSwitches.HostFaultBits)] = new(s => s with { HostFaultBits = 0 }, HostWrite, "80000003", "80000000"),
        [nameof(SnpSwitches.AccessSetsSizem)] = new(s => s with { AccessSetsSizem = true }, ReadSmaller, "580000005", "D80000005"),
        [nameof(SnpSwitches.SupervisorShadowStacks)] = new(s => s with { SupervisorShadowStacks = true }, WriteStack, "1580000007", "3580000007"),
        [nameof(SnpSwitches.ChecksVmsaAddress)] = new(s => s with { ChecksVmsaAddress = true }, Run, "Success", "InvalidVmexit 0x0 at 0x0 [VMRUN/vmsa-reverse-map]"),
        [nameof(SnpSwitches.VmsaGpa)] = new(
            s => s with { VmsaGpa = G(5) }, Run, "InvalidVmexit 0x0 at 0x0 [VMRUN/vmsa-reverse-map]", "Success", SnpSwitches.Default with { ChecksVmsaAddress = true }),
        [nameof(SnpSwitches.LargeMappingErratum)] = new(s => s with { LargeMappingErratum = true }, WriteBesideControlBlock, "allowed", "ACCESS/host/erratum"),
        [nameof(SnpSwitches.ChecksDeviceWrites)] = new(s => s with { ChecksDeviceWrites = false }, DeviceWrite, "ACCESS/device/hypervisor-owned", "allowed"),
        [nameof(SnpSwitches.LargestSnpAsid)] = new(s => s with { LargestSnpAsid = 508 }, world => Activate(world, new(509), policy: 0), "Success", "InvalidAsid"),
        [nameof(SnpSwitches.Sockets)] = new(s => s with { Sockets = 2 }, world => Activate(world, A, policy: 1UL << 20), "Success", "PolicyFailure"),
        [nameof(SnpSwitches.HidesCiphertext)] = new(s => s with { HidesCiphertext = true }, world => HostRead(world) == ulong.MaxValue, "False", "True"),
        [nameof(SnpSwitches.HiddenCiphertext)] = new(
            s => s with { HiddenCiphertext = 0x1234 }, world => HostRead(world), "18446744073709551615", "4660", SnpSwitches.Default with { HidesCiphertext = true }),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Fact]
    public void Every_switch_has_a_case() =>
        Assert.Equal(
            typeof(SnpSwitches).GetProperties().Where(property => property.CanWrite).Select(property => property.Name).Order(StringComparer.Ordinal),
            s_cases.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_switch_changes_the_answer_it_names(string name)
    {
        var one = s_cases[name];

        Assert.Equal((one.Default, one.Otherwise), (one.AnswerWith(), one.AnswerWith(one.Other)));
    }

    // The launch of a guest, as far as its ASID.
    private static SevStatus Activate(SnpWorld world, Asid asid, ulong policy)
    {
        world.ToFirmware(Y());
        Assert.True(world.Platform.Firmware.GctxCreate(Y()).IsSuccess);
        Assert.True(world.Platform.Firmware.LaunchStart(Y(), policy).IsSuccess);
        return world.Platform.Firmware.Activate(Y(), asid).Status;
    }

    [Fact]
    public void A_switch_changes_no_other_answer()
    {
        foreach (var (name, one) in s_cases)
        {
            foreach (var (other, change) in s_cases.Where(pair => pair.Key != name).Select(pair => (pair.Key, pair.Value.Other)))
            {
                Assert.True(one.Default == one.AnswerWith(change), $"{other} changes the answer of {name}");
            }
        }
    }

    // PSMASH has the same place for FAIL_INUSE as RMPUPDATE.
    [Theory]
    [InlineData(InUsePlace.AfterCoverage, "PSMASH/in-use", "PSMASH/in-use")]
    [InlineData(InUsePlace.Last, "PSMASH/not-large", "PSMASH/in-use-last")]
    public void The_place_of_FAIL_INUSE_is_PSMASHs_too(InUsePlace place, string small, string large)
    {
        var world = new SnpWorld(SnpSwitches.Default with { InUsePlace = place });
        world.AssignLarge(Y(), G()).Is(0);
        world.Platform.Holds.BeginChange(H());
        world.Platform.Holds.BeginChange(Y());

        Assert.Equal(small, world.Platform.Psmash(H().Address).DecidedBy?.Id);
        world.Platform.Psmash(Y().Address).Is(3, large);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void A_processor_has_one_to_four_levels(int levels) =>
        Assert.Throws<ArgumentException>(() => new SnpWorld(SnpSwitches.Default with { ImplementedVmpls = levels }));

    private static InstructionResult Adjust(SnpWorld world, ulong attributes)
    {
        world.Give(H(5), G(5));
        return world.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(5), H(5)), false, attributes);
    }

    private static object UpdateBusyFirmwarePage(SnpWorld world)
    {
        world.ToFirmware(H(5)).Is(0);
        world.Platform.Holds.BeginChange(H(5));
        return world.Share(H(5));
    }

    private static object ShareLarge(SnpWorld world)
    {
        world.AssignLarge(H(), G()).Is(0);
        return world.Share(H(), PageSize.Size2M);
    }

    private static object Query(SnpWorld world)
    {
        world.Give(H(5), G(5));
        return world.Platform.RmpQuery(CpuState.Guest(A), Walk(G(5), H(5)), 4).Status;
    }

    private static string HostWrite(SnpWorld world)
    {
        world.Assign(H(5), G(5)).Is(0);
        return Hex(world.HostWrite(H(5)));
    }

    private static string ReadSmaller(SnpWorld world)
    {
        world.GiveLarge(H(), G());
        return Hex(world.GuestRead(G(2), H(2), out _));
    }

    private static string WriteStack(SnpWorld world)
    {
        Adjust(world, 0x1101).Is(0);
        return Hex(world.Platform.Check(RmpAccess.Private(A, AccessKind.Write, G(5), H(5)) with { Vmpl = new(1) }));
    }

    private static object Run(SnpWorld world)
    {
        Adjust(world, 0x1_0001).Is(0);
        return world.Platform.RunVcpu(new(Y(1), A, IsSnpActive: true, H(5)));
    }

    private static string WriteBesideControlBlock(SnpWorld world)
    {
        world.Platform.RunVcpu(new(Y(), B, IsSnpActive: false)).Is(0);
        return Rule(world.HostWrite(Y(9), PageSize.Size2M));
    }

    private static string DeviceWrite(SnpWorld world)
    {
        world.Assign(H(5), G(5)).Is(0);
        return Rule(world.Platform.Check(new(RmpAccessor.Device, AccessKind.Write, H(5))));
    }

    private static ulong HostRead(SnpWorld world)
    {
        world.Give(H(5), G(5));
        world.HostRead(H(5), out var value);
        return value;
    }

    private static string Hex(AccessVerdict verdict) => verdict.Fault.Code.ToString("X", CultureInfo.InvariantCulture);

    private static string Rule(AccessVerdict verdict) => verdict.DecidedBy?.Id ?? "allowed";
}
