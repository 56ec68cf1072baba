using GuestMemory.Testing;
using Xunit;

namespace GuestMemory.Tdx.Tests.Injection;

/// <summary>Pages in use that break before an operation.</summary>
public sealed class TdxBrokenPageTests
{
    public static TheoryData<string> Names => [.. TdxOperations.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operation_that_meets_a_broken_page_breaks_no_invariant(string name)
    {
        var operation = TdxOperations.All[name];
        var count = PagesOf(operation.Make(new PlannedFaults())).Count;
        for (var at = 0; at < count; at++)
        {
            var system = operation.Make(new PlannedFaults());
            var (store, page) = PagesOf(system)[at];
            system.Machine.Store(store).TryLookUp(page, out var stored);
            system.World.Kvm.Process.MarkPoisoned(store, page);
            Assert.True(system.Machine.Store(store).Poison(page).IsSuccess);

            operation.Operate(system);

            Assert.Null(system.Breach);
            Assert.NotEqual(FrameState.Free, system.Machine.Frames[stored.Frame]);
        }
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
