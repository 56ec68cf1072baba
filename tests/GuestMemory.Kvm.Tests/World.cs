using Xunit;

namespace GuestMemory.Kvm.Tests;

/// <summary>A small world: one host, one VM with a vCPU, one anonymous mapping, and slots over it as a test asks.</summary>
/// <remarks>The slot of <see cref="Region"/> is 4 pages at <see cref="At"/>; the mapping has 16 pages.</remarks>
internal sealed class World
{
    public const ulong At = 0x100_0000;
    public const ulong Page = 0x1000;
    public const ulong SlotSize = 4 * Page;
    public const ulong FileSize = 16 * Page;

    public World(
        ulong vmType = 1,
        KernelProfile? profile = null,
        HostConfiguration? host = null,
        RuleSwitches? rules = null,
        Enforcement enforcement = Enforcement.Enforce,
        ulong frames = 1 << 20,
        IGuestTechnology? technology = null,
        IFaultInjector? injector = null)
    {
        var options = new MachineOptions { Frames = frames, Enforcement = enforcement, Rules = rules ?? RuleSwitches.AllOn, Injector = injector };
        IGuestTechnology[] technologies = [OrdinaryVm.Instance, SoftwareProtectedVm.Instance];
        var machine = new MachineFactory(options, technology is null ? technologies : [.. technologies, technology]).Create();
        Kvm = new(machine, profile, (host ?? new()) with { VmTypes = 7 });
        Vm = (int)Kvm.CreateVm(vmType).Value;
        Memory = Kvm.MapAnonymous(FileSize).Value;
        Kvm.CreateVcpu(Vm);
    }

    public KvmHost Kvm { get; }

    public int Vm { get; }

    /// <summary>First address of the anonymous mapping.</summary>
    public ulong Memory { get; }

    public Machine Machine => Kvm.Machine;

    public VirtualMachine Guest => Kvm.VmOf(Vm)!;

    /// <summary>A plain slot of 4 pages.</summary>
    public MemoryRegion Region => new(1, 0, At, SlotSize, Memory);

    public int File(ulong flags = 0, ulong size = FileSize, int? vm = null) => Done(Kvm.CreateGuestMemfd(vm ?? Vm, size, flags));

    /// <summary>A world with a slot of 4 pages over the start of a guest_memfd.</summary>
    public int FileSlot(ulong fileFlags = 0)
    {
        var file = File(fileFlags);
        Set(Region with { Flags = MemoryRegion.HasGuestMemfd, GuestMemfd = file });
        return file;
    }

    public void Set(in MemoryRegion region) => Done(Kvm.SetUserMemoryRegion2(Vm, region));

    public void Delete(uint slot) => Set(new(slot, 0, 0, 0, 0));

    public void Convert(ulong gpa, ulong size, bool isPrivate = true) => Done(Kvm.SetMemoryAttributes(Vm, gpa, size, isPrivate ? 8UL : 0));

    public void Punch(int file, ulong offset, ulong length) => Done(Kvm.Fallocate(file, 3, (long)offset, (long)length));

    public VcpuExit Load(ulong gpa, int length = 8) => Kvm.GuestLoad(Vm, gpa, length);

    public VcpuExit Store(ulong gpa, ulong value, int length = 8) => Kvm.GuestStore(Vm, gpa, length, value);

    /// <summary>The frame behind a page of a file; none when it is not allocated.</summary>
    public Pfn? FrameOf(int file, ulong page)
    {
        Kvm.Descriptors.TryGet(file, out _, out var open);
        return Machine.File(open.Object).Store.TryLookUp(new(page), out var stored) ? stored.Frame : null;
    }

    public BackingFile Backing(int file) => Kvm.Descriptors.TryGet(file, out _, out var open) ? Machine.File(open.Object) : throw new ArgumentException("not open", nameof(file));

    /// <summary>The names of the invariants that do not hold.</summary>
    public string[] Broken() => [.. MachineInvariants.All.Where(invariant => invariant.FindBreach(Machine) is not null).Select(invariant => invariant.Name)];

    public static int Done(KvmResult result)
    {
        Assert.True(result.IsSuccess, result.ToString());
        return (int)result.Value;
    }
}
