using GuestMemory.Testing;
using Xunit;

namespace GuestMemory.Tdx.Tests.Injection;

/// <summary>A lock that is held when the host asks, and held again when it asks once more with the vCPUs out.</summary>
public sealed class BusyModuleSweepTests
{
    private static readonly Dictionary<string, string> s_ends = new(StringComparer.Ordinal)
    {
        ["KVM_TDX_INIT_VM"] = "46 EIO",
        ["KVM_TDX_INIT_VCPU"] = "52 EIO dead",
        ["KVM_TDX_INIT_MEM_REGION"] = "36 EBUSY, 96 EIO dead 1 leaked",
        ["KVM_TDX_FINALIZE_VM"] = "3 EBUSY",
        ["TDG.MEM.PAGE.ACCEPT of a page not there"] = "20 EAGAIN",
        ["load of an accepted page"] = "6 EAGAIN",
        ["KVM_PRE_FAULT_MEMORY"] = "16 EAGAIN",
        ["punch"] = "27 OK, 6 OK dead 2 leaked",
        ["conversion to shared"] = "3 EIO dead 1 leaked, 3 EIO dead 2 leaked, 27 OK",
        ["KVM_TDX_TERMINATE_VM"] = "8 EIO dead, 6 EIO dead 3 leaked",
        ["closing the VM"] = "38 OK, 6 OK 1 leaked, 14 OK 16 leaked, 63 OK 2 leaked, 3 OK 3 leaked",
    };

    public static TheoryData<string> Names => [.. TdxOperations.All.Keys];

    // MB-76: what stays busy fails. How often an operation ends in which way is pinned; no invariant breaks, and every frame is in use, leaked or free.
    [Theory]
    [MemberData(nameof(Names))]
    public void A_module_that_stays_busy_ends_an_operation_in_known_ways_and_loses_no_frame(string name)
    {
        var operation = TdxOperations.All[name];
        var points = InjectionSweep.Run(operation with { Lengths = [] }).Points;
        var held = HeldAfterEnd(operation, int.MaxValue, out _);
        var ends = new List<string>();
        for (var at = 0; at < points.Count; at++)
        {
            if (points[at] == InjectionPoint.HardwareBusy)
            {
                Assert.Equal(held, HeldAfterEnd(operation, at, out var end));
                ends.Add(end);
            }
        }

        var counted = string.Join(", ", ends.CountBy(end => end).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Value} {pair.Key}"));
        Assert.True(s_ends.GetValueOrDefault(name, "") == counted, $"[\"{name}\"] = \"{counted}\",");
    }

    private static ulong HeldAfterEnd(InjectedOperation<TdxSystem> operation, int at, out string end)
    {
        var faults = new PlannedFaults();
        var system = operation.Make(faults);
        faults.Plan(at, 2);
        var outcome = operation.Operate(system);
        faults.Rest();
        end = $"{(Errno)outcome.Code}{(system.World.Machine.VirtualMachines.Any(vm => vm.IsLive && vm.IsDead) ? " dead" : "")}";
        Assert.Null(system.Breach);
        foreach (var number in system.Machine.VirtualMachines.Where(vm => vm.IsLive).Select(vm => vm.Id.Value).ToArray())
        {
            system.End(number);
        }

        Assert.Null(system.Breach);
        var leaked = system.Machine.Frames.CountOf(FrameState.Leaked);
        end += leaked > 0 ? $" {leaked} leaked" : "";
        return system.Machine.Frames.CountOf(FrameState.InUse);
    }
}
