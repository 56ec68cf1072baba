using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GuestMemory.Tdx.Tests;

/// <summary>A public call without one of its objects says which one is missing, before anything is done.</summary>
public sealed class NullArgumentTests
{
    private static readonly Dictionary<string, Action<TdxModule>> s_calls = new()
    {
        ["platform: tdmrs"] = _ => Make(() => new TdxPlatform(null!)),
        ["PAMT: tdmrs"] = _ => Make(() => new Pamt(null!)),
        ["module: platform"] = _ => Make(() => new TdxModule(null!)),
        ["invariants: module"] = _ => TdxInvariants.Check(null!),
        ["checker: module"] = _ => Make(() => new TdxChecker(null!)),
        ["checker, attached: module"] = _ => TdxChecker.Attach(null!),
        ["checker, restarted: module"] = module => new TdxChecker(module).Restart(null!),
        ["checker, operation: module"] = module => new TdxChecker(module).OnOperation(null!, default),
        ["VM, tree: vm"] = _ => new TdxVm().CreateMmu(null!),
        ["VM, command: vm"] = _ => new TdxVm().Command(null!, 0, []),
        ["VM, end: vm"] = _ => new TdxVm().End(null!),
        ["VM, ended: vm"] = _ => new TdxVm().Ended(null!),
        ["processor, enter: vm"] = _ => new TdxVm().Processor!.Enter(null!, 0),
        ["processor, leave: vm"] = _ => new TdxVm().Processor!.Leave(null!, 0),
        ["processor, fault ahead: vm"] = _ => new TdxVm().Processor!.PreFault(null!),
        ["processor, fault: vm"] = _ => new TdxVm().Processor!.Resolve(null!, default, PageKind.Private, Outcome.Success),
        ["processor, call: vm"] = _ => new TdxVm().Processor!.Call(null!, 0, 0, []),
        ["processor, answer: vm"] = _ => new TdxVm().Processor!.Complete(null!, 0, 0),
        ["host, move: vm"] = _ => new PamtOwnershipTable(new MachineFactory().Create()).Host.MovePage(null!, default),
        ["ownership table: machine"] = _ => Make(() => new PamtOwnershipTable(null!)),
        ["registration: builder"] = _ => ((GuestMemoryBuilder)null!).AddTdx(),
        ["entry state: version"] = _ => SeptEntryState.Mapped.RequiresTracking(null!),
        ["parameters: contents"] = _ => new TdParameters().WriteTo(null!, default),
    };

    public static TheoryData<string> Calls { get; } = [.. s_calls.Keys];

    [Theory]
    [MemberData(nameof(Calls))]
    public void What_is_missing_is_named(string call)
    {
        var error = Assert.Throws<ArgumentNullException>(() => s_calls[call](new TdxWorld().Module));

        Assert.Equal(call[(call.LastIndexOf(' ') + 1)..], error.ParamName);
    }

    private static void Make(Func<object> make) => make();
}
