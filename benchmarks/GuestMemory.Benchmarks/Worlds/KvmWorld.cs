using GuestMemory.Kvm;

namespace GuestMemory.Benchmarks;

/// <summary>A host with one software-protected VM: a slot with a shared side and a guest_memfd.</summary>
internal sealed class KvmWorld
{
    public const ulong Gpa = 1UL << 32;
    public const ulong Private = 8;
    private const ulong KeepSize = 1;
    private const ulong PunchHole = 2;

    public KvmWorld(ulong size, MachineOptions? options = null, IStepObserver? observer = null)
    {
        Size = size;
        Machine = new MachineFactory(options, [OrdinaryVm.Instance, SoftwareProtectedVm.Instance]).Create(observer);
        Kvm = new(Machine, null, new() { GpaWidth = 52 });
        Vm = Done(Kvm.CreateVm(SoftwareProtectedVm.Instance.VmType));
        Vcpu = Done(Kvm.CreateVcpu(Vm));
        File = Done(Kvm.CreateGuestMemfd(Vm, size, 0));
        Shared = Kvm.MapAnonymous(size).Value;
        Done(Kvm.SetUserMemoryRegion2(Vm, new(0, MemoryRegion.HasGuestMemfd, Gpa, size, Shared, 0, File)));
    }

    public ulong Size { get; }

    public Machine Machine { get; }

    public KvmHost Kvm { get; }

    public int Vm { get; }

    public int Vcpu { get; }

    public int File { get; }

    public ulong Shared { get; }

    public bool Convert(ulong offset, ulong size, ulong attributes) => Kvm.SetMemoryAttributes(Vm, Gpa + offset, size, attributes).IsSuccess;

    public bool Allocate(ulong offset, ulong size) => Kvm.Fallocate(File, KeepSize, (long)offset, (long)size).IsSuccess;

    public bool Punch(ulong offset, ulong size) => Kvm.Fallocate(File, KeepSize | PunchHole, (long)offset, (long)size).IsSuccess;

    private static int Done(KvmResult result) => result.IsSuccess
        ? (int)result.Value
        : throw new InvalidOperationException($"The world cannot be set up: {result}.");
}
