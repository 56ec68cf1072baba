using GuestMemory;
using GuestMemory.Kvm;

/// <summary>No hardware: the kernel's books alone.</summary>
internal sealed class SoftwareSide() : Side("software", SoftwareProtectedVm.Instance, table: null)
{
    public override Answer Accept(ulong page) => new("no such call");

    protected override KvmResult Create() => Kvm.CreateVcpu(Vm);

    protected override KvmResult Measure() => Kvm.MemoryEncryptOp(Vm, 0, Block());

    protected override VcpuExit AskToShare(ulong gpa) => Kvm.GuestMapGpaRange(Vm, gpa, 1, attributes: 0, out _);

    protected override Answer MoveByTechnology(ulong page) => KernelMoves(page);

    protected override string Exception(VcpuExit exit) => $"{exit}";
}
