using GuestMemory.Testing;
using GuestMemory.Tests;
using Xunit;

namespace GuestMemory.Kvm.Tests.Injection;

/// <summary>Every call of the kernel's face, failing at every point where it can.</summary>
public sealed class InjectionTests
{
    // Calls with no point of their own: they allocate nothing, wait for nothing, and answer from what is there. What a technology adds is swept with it.
    private static readonly string[] s_without =
    [
        "CheckExtension", "Close", "CompleteHypercall", "Dup", "EnableCapability", "Fstat", "Ftruncate", "GetDirtyLog", "GuestCall", "GuestMapGpaRange",
        "Lseek", "MemoryEncryptOp", "Mincore", "Pread", "Pwrite", "Read", "Reopen", "Write",
    ];

    // M: memory of the kernel's own; F: a frame; S: a signal.
    private static readonly string[] s_counts =
    [
        "CreateVm: 1 M", "CreateVcpu: 1 M", "CreateGuestMemfd: 1 M", "CreateMemfd: 1 M", "Fallocate: 4 S, 4 F", "Fallocate, of an ordinary file: 4 S, 4 F", "Fallocate, to punch: none",
        "MapAnonymous: 1 M", "Mmap: 1 M", "Munmap: 1 M", "Mprotect: 2 M", "Mlock: 3 M, 3 F", "Madvise, to bring in: 3 M, 3 F", "Madvise, to move: 3 F",
        "Load: 2 M", "Store: 2 M, 2 F", "CopyFrom: 1 M", "CopyTo: 1 M, 1 F",
        "SetUserMemoryRegion: 2 M", "SetUserMemoryRegion2, with a file: 2 M", "SetUserMemoryRegion2, to delete: 1 M", "SetUserMemoryRegion2, to move: 2 M", "SetUserMemoryRegion2, to log: 2 M",
        "SetMemoryAttributes, to private: 1 M", "SetMemoryAttributes, to shared: 1 M",
        "GuestLoad: 3 S, 2 M, 2 F", "GuestStore: 3 S, 2 M, 2 F", "GuestExchangeAdd: 3 S, 2 M, 2 F", "GuestStore, of shared memory: 2 S, 2 M, 1 F", "GuestExecute: 2 S, 1 M",
        "PreFaultMemory: 3 S, 3 M, 3 F", "Populate: 3 S, 3 F",
    ];

    public static TheoryData<string> Names => [.. KvmOperations.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Whatever_fails_leaves_what_is_declared(string name)
    {
        var report = InjectionSweep.Run(KvmOperations.All[name]);

        Assert.True(!report.Findings.Any(), string.Join('\n', report.Findings));
    }

    // A call more, or one that passes another number of points, announces itself here.
    [Fact]
    public void The_points_of_every_call_are_counted()
    {
        var counts = KvmOperations.All.Values.Select(PointCounts.Of);

        Assert.Equal(s_counts, counts);
    }

    [Fact]
    public void Every_call_of_the_kernels_face_is_swept_or_has_no_point()
    {
        var answers = new[] { typeof(KvmResult), typeof(VcpuExit), typeof(HostFault) };
        var calls = typeof(KvmHost).GetMethods().Where(method => answers.Contains(method.ReturnType)).Select(method => method.Name).Distinct();
        var swept = KvmOperations.All.Keys.Select(name => name.Split(',')[0]).Where(name => name != "Populate").Distinct();

        Assert.Equal(calls.Order(StringComparer.Ordinal), swept.Concat(s_without).Order(StringComparer.Ordinal));
    }
}
