using GuestMemory.Testing;
using GuestMemory.Tests;
using Xunit;

namespace GuestMemory.Rmp.Tests.Injection;

/// <summary>What the host does for an SNP guest, failing at every point where it can.</summary>
public sealed class SnpInjectionTests
{
    // M: memory of the kernel's own; F: a frame; S: a signal; B: an entry another processor has; C: a firmware command.
    private static readonly string[] s_counts =
    [
        "KVM_SEV_INIT2: none", "KVM_SEV_SNP_LAUNCH_START: 1 F, 1 B, 3 C", "KVM_SEV_SNP_LAUNCH_UPDATE: 3 S, 3 F, 3 B, 3 C", "KVM_SEV_SNP_LAUNCH_FINISH: 2 F, 1 B, 2 C",
        "PVALIDATE of a page not there: 2 S, 1 M, 1 F, 1 B", "load of an accepted page: 1 S", "KVM_PRE_FAULT_MEMORY: 2 S, 2 M, 2 F, 2 B", "punch: 2 B",
        "conversion to shared: 1 M", "conversion to private: 1 M", "PVALIDATE of 4K in 2M: 2 S, 1 B, 1 M", "punch of a part of 2M: 2 B", "closing the VM: 5 B, 2 C",
    ];

    public static TheoryData<string> Names => [.. SnpOperations.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Whatever_fails_leaves_what_is_declared(string name)
    {
        var report = InjectionSweep.Run(SnpOperations.All[name]);

        Assert.True(!report.Findings.Any(), string.Join('\n', report.Findings));
    }

    // An operation more, or one that passes another number of points, announces itself here.
    [Fact]
    public void The_points_of_every_operation_are_counted()
    {
        var counts = SnpOperations.All.Values.Select(PointCounts.Of);

        Assert.True(s_counts.SequenceEqual(counts), string.Join('\n', counts));
    }
}
