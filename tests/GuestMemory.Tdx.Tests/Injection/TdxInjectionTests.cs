using GuestMemory.Testing;
using GuestMemory.Tests;
using Xunit;

namespace GuestMemory.Tdx.Tests.Injection;

/// <summary>What the host does for a TD, failing at every point where it can.</summary>
public sealed class TdxInjectionTests
{
    // M: memory of the kernel's own; F: a frame; S: a signal; B: a lock another processor has; I: an interrupt.
    private static readonly string[] s_counts =
    [
        "KVM_TDX_INIT_VM: 8 F, 46 B", "KVM_TDX_INIT_VCPU: 6 F, 52 B", "KVM_TDX_INIT_MEM_REGION: 2 S, 7 F, 132 B", "KVM_TDX_FINALIZE_VM: 3 B",
        "TDG.MEM.PAGE.ACCEPT of a page not there: 2 S, 20 B, 1 M, 1 F", "load of an accepted page: 1 S, 6 B", "KVM_PRE_FAULT_MEMORY: 2 S, 2 M, 2 F, 16 B", "punch: 33 B",
        "conversion to shared: 1 M, 33 B", "conversion to private: 1 M", "KVM_TDX_TERMINATE_VM: 14 B, 3 I", "closing the VM: 124 B, 3 I",
    ];

    public static TheoryData<string> Names => [.. TdxOperations.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Whatever_fails_leaves_what_is_declared(string name)
    {
        var report = InjectionSweep.Run(TdxOperations.All[name]);

        Assert.True(!report.Findings.Any(), string.Join('\n', report.Findings));
    }

    // An operation more, or one that passes another number of points, announces itself here.
    [Fact]
    public void The_points_of_every_operation_are_counted()
    {
        var counts = TdxOperations.All.Values.Select(PointCounts.Of);

        Assert.True(s_counts.SequenceEqual(counts), string.Join('\n', counts));
    }
}
