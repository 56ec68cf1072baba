using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GuestMemory.Rmp.Tests;

/// <summary>A public call without one of its objects says which one is missing, before anything is done.</summary>
public sealed class NullArgumentTests
{
    private static readonly Dictionary<string, Action<SnpPlatform>> s_calls = new()
    {
        ["coverage: ownPages"] = _ => RmpCoverage.Segmented(30, [1], null!),
        ["table: coverage"] = _ => Make(() => new ReverseMapTable(null!)),
        ["save area: platform"] = _ => Make(() => new SaveArea(null!, SevProfile.Sev, SnpWorld.A, SnpWorld.H())),
        ["save area: profile"] = platform => Make(() => new SaveArea(platform, null!, SnpWorld.A, SnpWorld.H())),
        ["dirty cache: contents"] = _ => Make(() => new DirtyCache(null!)),
        ["legacy firmware: platform"] = _ => Make(() => new LegacyFirmware(null!)),
        ["metadata: contents"] = _ => SwapMetadata.Read(null!, default),
        ["set state: operands"] = platform => new SnpFirmware(platform).PageSetState(new SetStateOperands(null!)),
        ["breaches: platform"] = _ => RmpInvariants.FindBreaches(null!).Count(),
        ["invariant: platform"] = _ => RmpInvariants.All[0].FindBreach(null!),
        ["checker: platform"] = _ => Make(() => new RmpChecker(null!)),
        ["checker, attached: platform"] = _ => RmpChecker.Attach(null!),
        ["checker, restarted: platform"] = platform => new RmpChecker(platform).Restart(null!),
        ["checker, operation: platform"] = platform => new RmpChecker(platform).OnOperation(null!, default),
        ["VM, tree: vm"] = _ => new SnpVm().CreateMmu(null!),
        ["VM, command: vm"] = _ => new SnpVm().Command(null!, 0, []),
        ["VM, end: vm"] = _ => new SnpVm().End(null!),
        ["processor, key: vm"] = _ => SnpProcessor.Instance.KeyOf(null!),
        ["processor, enter: vm"] = _ => SnpProcessor.Instance.Enter(null!, 0),
        ["processor, leave: vm"] = _ => SnpProcessor.Instance.Leave(null!, 0),
        ["processor, fault ahead: vm"] = _ => SnpProcessor.Instance.PreFault(null!),
        ["processor, fault: vm"] = _ => SnpProcessor.Instance.Resolve(null!, default, PageKind.Private, Outcome.Success),
        ["processor, call: vm"] = _ => SnpProcessor.Instance.Call(null!, 0, 0, []),
        ["processor, answer: vm"] = _ => SnpProcessor.Instance.Complete(null!, 0, 0),
        ["fault handler: vm"] = _ => RmpFaultHandler.Handle(null!, default),
        ["ownership table: machine"] = _ => Make(() => new RmpOwnershipTable(null!)),
        ["host invariant: host"] = _ => SnpHostInvariants.FindAssignedFree(null!, new MachineFactory().Create()),
        ["host invariant: machine"] = _ => SnpHostInvariants.FindAssignedFree(new RmpOwnershipTable(new MachineFactory().Create()).Host, null!),
        ["mixed block: map"] = platform => DirectMapInvariants.FindMixedBlock(null!, platform.Table),
        ["mixed block: table"] = platform => DirectMapInvariants.FindMixedBlock(Map(platform), null!),
        ["exposed page: map"] = platform => DirectMapInvariants.FindExposedPage(null!, platform.Table),
        ["exposed page: table"] = platform => DirectMapInvariants.FindExposedPage(Map(platform), null!),
        ["direct map: platform"] = _ => Make(() => new HostDirectMap(null!, default, DirectMapPolicies.SplitOnAssign)),
        ["direct map: policy"] = platform => Make(() => new HostDirectMap(platform, default, null!)),
        ["registration: builder"] = _ => ((GuestMemoryBuilder)null!).AddSevSnp(),
        ["guest: platform"] = platform => Make(() => new NaiveGuest(null!, SnpWorld.A, new())),
        ["guest: nested"] = platform => Make(() => new NaiveGuest(platform, SnpWorld.A, null!)),
        ["PSC buffer: memory"] = _ => Make(() => new PscBuffer(null!)),
        ["PSC request: buffer"] = _ => Make(() => new PscRequest(null!)),
    };

    public static TheoryData<string> Calls { get; } = [.. s_calls.Keys];

    [Theory]
    [MemberData(nameof(Calls))]
    public void What_is_missing_is_named(string call)
    {
        var error = Assert.Throws<ArgumentNullException>(() => s_calls[call](new SnpWorld().Platform));

        Assert.Equal(call[(call.LastIndexOf(' ') + 1)..], error.ParamName);
    }

    private static HostDirectMap Map(SnpPlatform platform) => new(platform, new(SnpWorld.H(), 512), DirectMapPolicies.SplitOnAssign);

    private static void Make(Func<object> make) => make();
}
