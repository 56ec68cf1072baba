using BenchmarkDotNet.Attributes;

namespace GuestMemory.Benchmarks;

/// <summary>A vCPU's accesses through the kernel's face: with a translation, and faulting for one.</summary>
[MemoryDiagnoser]
public class GuestAccessBenchmarks
{
    private const ulong Size = 64UL << 12;
    private KvmWorld _world = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _world = new(Size);
        _world.Convert(Size / 2, Size / 2, KvmWorld.Private);
        for (var at = 0UL; at < Size; at += 4096)
        {
            _world.Kvm.GuestStore(_world.Vcpu, KvmWorld.Gpa + at, 8, at + 1);
        }
    }

    /// <summary>A load from a shared page that is mapped.</summary>
    [Benchmark]
    public VcpuExit LoadShared() => _world.Kvm.GuestLoad(_world.Vcpu, KvmWorld.Gpa + 8, 8);

    /// <summary>A load from a private page that is mapped.</summary>
    [Benchmark]
    public VcpuExit LoadPrivate() => _world.Kvm.GuestLoad(_world.Vcpu, KvmWorld.Gpa + (Size / 2) + 8, 8);

    /// <summary>A store to a private page that is mapped.</summary>
    [Benchmark]
    public VcpuExit StorePrivate() => _world.Kvm.GuestStore(_world.Vcpu, KvmWorld.Gpa + (Size / 2), 8, 7);

    /// <summary>A load that crosses two pages.</summary>
    [Benchmark]
    public VcpuExit LoadOverTwoPages() => _world.Kvm.GuestLoad(_world.Vcpu, KvmWorld.Gpa + 4092, 8);

    /// <summary>A conversion to private and the fault that maps the page anew: the zap, the five steps of the fault, the load.</summary>
    [Benchmark]
    public VcpuExit ConvertAndFault()
    {
        _world.Convert(Size / 2, 4096, 0);
        _world.Convert(Size / 2, 4096, KvmWorld.Private);
        return _world.Kvm.GuestLoad(_world.Vcpu, KvmWorld.Gpa + (Size / 2), 8);
    }
}
