using GuestMemory.Rmp.Tests.Host;
using GuestMemory.Testing;
using Xunit;

namespace GuestMemory.Rmp.Tests.Injection;

/// <summary>Pages in use that break before an operation, and a guest the firmware does not let go of.</summary>
public sealed class SnpBrokenPageTests
{
    // How the operations end, one for each page broken.
    private static readonly Dictionary<string, string> s_ends = new(StringComparer.Ordinal)
    {
        ["KVM_SEV_SNP_LAUNCH_UPDATE"] = "1 EFAULT by KVM_SEV_SNP_LAUNCH_UPDATE/unreadable, 2 OK",
        ["KVM_SEV_SNP_LAUNCH_FINISH"] = "4 OK",
        ["PVALIDATE of a page not there"] = "2 OK",
        ["load of an accepted page"] = "1 EHWPOISON by CORE/poisoned, 3 OK",
        ["KVM_PRE_FAULT_MEMORY"] = "2 OK",
        ["punch"] = "4 OK",
        ["conversion to shared"] = "4 OK",
        ["conversion to private"] = "3 OK",
        ["PVALIDATE of 4K in 2M"] = "1 EHWPOISON by CORE/poisoned, 7 OK",
        ["punch of a part of 2M"] = "8 OK",
        ["closing the VM"] = "4 OK",
    };

    public static TheoryData<string> Names => [.. SnpOperations.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operation_that_meets_a_broken_page_ends_in_a_known_way_and_breaks_no_invariant(string name)
    {
        var operation = SnpOperations.All[name];
        var count = PagesOf(operation.Make(new PlannedFaults())).Count;
        var ends = new List<string>();
        for (var at = 0; at < count; at++)
        {
            var system = operation.Make(new PlannedFaults());
            var (store, page) = PagesOf(system)[at];
            system.Machine.Store(store).TryLookUp(page, out var stored);
            system.World.Kvm.Process.MarkPoisoned(store, page);
            Assert.True(system.Machine.Store(store).Poison(page).IsSuccess);

            var outcome = operation.Operate(system);

            Assert.Null(system.Breach);
            Assert.NotEqual(FrameState.Free, system.Machine.Frames[stored.Frame]);
            ends.Add($"{(Errno)outcome.Code}{(outcome.DecidedBy is null ? "" : $" by {outcome.DecidedBy.Id}")}");
        }

        var counted = string.Join(", ", ends.CountBy(end => end).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Value} {pair.Key}"));
        Assert.True(s_ends.GetValueOrDefault(name, "") == counted, $"[\"{name}\"] = \"{counted}\",");
    }

    // linux-kvm-sev: when SNP_DECOMMISSION fails, the firmware still has the ASID; the next guest gets another and starts.
    [Fact]
    public void An_ASID_the_firmware_did_not_let_go_of_is_given_to_nobody()
    {
        var faults = new PlannedFaults();
        var system = SnpOperations.All["closing the VM"].Make(faults);
        faults.Plan(FirstCommand(), 1);
        SnpOperations.Close(system);
        faults.Rest();

        var vm = (int)KvmSnp.Done(system.World.Kvm.CreateVm(4));
        KvmSnp.Done(system.World.Kvm.MemoryEncryptOp(vm, (uint)SnpCommand.Init2, new byte[64]));
        var block = new byte[64];
        BitConverter.TryWriteBytes(block, KvmSnp.Policy);

        KvmSnp.Done(system.World.Kvm.MemoryEncryptOp(vm, (uint)SnpCommand.LaunchStart, block));
        Assert.Equal(new Asid(2), Assert.Single(system.World.Host.Guests).Asid);
    }

    private static int FirstCommand() =>
        InjectionSweep.Run(SnpOperations.All["closing the VM"] with { Lengths = [] }).Points.ToList().IndexOf(InjectionPoint.FirmwareFailure);

    private static List<(int Store, PageIndex Page)> PagesOf(SnpSystem system)
    {
        var pages = new List<(int, PageIndex)>();
        foreach (var store in system.Machine.Stores)
        {
            foreach (var run in store.Pages)
            {
                // Of a large page its ends and one inside.
                var count = (int)run.Length;
                var some = count <= 8 ? Enumerable.Range(0, count) : [0, 1, count - 1];
                pages.AddRange(some.Select(page => (store.Id, new PageIndex(run.Start + (ulong)page))));
            }
        }

        return pages;
    }
}
