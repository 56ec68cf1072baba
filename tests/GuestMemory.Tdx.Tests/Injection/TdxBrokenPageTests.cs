using GuestMemory.Testing;
using Xunit;

namespace GuestMemory.Tdx.Tests.Injection;

/// <summary>Pages in use that break before an operation.</summary>
public sealed class TdxBrokenPageTests
{
    // How the operations end, one for each page broken.
    private static readonly Dictionary<string, string> s_ends = new(StringComparer.Ordinal)
    {
        ["KVM_TDX_INIT_MEM_REGION"] = "2 EFAULT by KVM_TDX_INIT_MEM_REGION/unreadable",
        ["KVM_TDX_FINALIZE_VM"] = "2 OK",
        ["TDG.MEM.PAGE.ACCEPT of a page not there"] = "2 OK",
        ["load of an accepted page"] = "1 EHWPOISON by CORE/poisoned, 3 OK",
        ["KVM_PRE_FAULT_MEMORY"] = "2 OK",
        ["punch"] = "4 OK",
        ["conversion to shared"] = "4 OK",
        ["conversion to private"] = "3 OK",
        ["KVM_TDX_TERMINATE_VM"] = "4 OK",
        ["closing the VM"] = "4 OK",
    };

    public static TheoryData<string> Names => [.. TdxOperations.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operation_that_meets_a_broken_page_ends_in_a_known_way_and_breaks_no_invariant(string name)
    {
        var operation = TdxOperations.All[name];
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

    private static List<(int Store, PageIndex Page)> PagesOf(TdxSystem system)
    {
        var pages = new List<(int, PageIndex)>();
        foreach (var store in system.Machine.Stores)
        {
            foreach (var run in store.Pages)
            {
                pages.AddRange(Enumerable.Range(0, (int)run.Length).Select(page => (store.Id, new PageIndex(run.Start + (ulong)page))));
            }
        }

        return pages;
    }
}
