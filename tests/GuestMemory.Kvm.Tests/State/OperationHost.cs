namespace GuestMemory.Kvm.Tests.State;

/// <summary>A host on which random operations run: two VMs of different kinds, few files, slots and pages, so that they meet.</summary>
/// <remarks>Which descriptors and addresses exist is read off the host itself, so that a restored host is driven alike.</remarks>
internal sealed class OperationHost
{
    private const ulong Page = 0x1000;
    private const ulong At = 0x100_0000;

    private static readonly string[] s_names =
    [
        "create_vm", "create_guest_memfd", "region", "delete", "attributes", "fallocate", "punch", "load", "store", "xadd", "pre_fault",
        "mmap", "host_store", "host_load", "madvise", "close", "dup", "anon", "dirty_log", "munmap", "hypercall",
    ];

    public OperationHost(KernelProfile profile)
    {
        var options = new MachineOptions { Frames = 16, CachesTranslations = true };
        Kvm = new(new MachineFactory(options, [OrdinaryVm.Instance, SoftwareProtectedVm.Instance]).Create(), profile);
    }

    /// <summary>How many calls there are.</summary>
    public static int Calls => s_names.Length;

    public KvmHost Kvm { get; }

    public static string NameOf(int call) => s_names[call];

    /// <summary>Makes the call and says in words how it ended. What the model leaves out is an answer like any other.</summary>
    public string Apply(in Operation operation)
    {
        try
        {
            return Make(operation);
        }
        catch (OutsideModelException outside)
        {
            return outside.Message;
        }
    }

    private string Make(in Operation operation)
    {
        var (a, b, c) = (operation.A, operation.B, operation.C);
        var vm = Pick(OpenFileKind.Vm, a);
        var file = Pick(OpenFileKind.GuestMemfd, b);
        var gpa = At + ((ulong)(b % 8) * Page) + (ulong)(c % 3 == 0 ? 0 : 0xffc);
        var address = AddressOf(a) + ((ulong)(b % 4) * Page);
        return operation.Call switch
        {
            0 => CreateVm(a),
            1 => Words(Kvm.CreateGuestMemfd(vm, 8 * Page, (ulong)(c % 4))),
            2 => Words(Kvm.SetUserMemoryRegion2(vm, RegionOf(a, b, c))),
            3 => Words(Kvm.SetUserMemoryRegion2(vm, new((uint)(b % 3), 0, 0, 0, 0))),
            4 => Words(Kvm.SetMemoryAttributes(vm, At + ((ulong)(b % 8) * Page), (ulong)(1 + (c % 4)) * Page, c % 2 == 0 ? 8UL : 0)),
            5 => Words(Kvm.Fallocate(file, 1, (a % 8) * (long)Page, (1 + (c % 4)) * (long)Page)),
            6 => Words(Kvm.Fallocate(file, 3, (a % 8) * (long)Page, (1 + (c % 4)) * (long)Page)),
            7 => Runs(vm) ? Kvm.GuestLoad(vm, gpa, 8) is var exit ? $"{exit} {exit.Value:x} {exit.FragmentCount}" : "" : "no vCPU",
            8 => Runs(vm) ? Kvm.GuestStore(vm, gpa, 8, (ulong)c + 1).ToString() : "no vCPU",
            9 => Runs(vm) ? Kvm.GuestExchangeAdd(vm, gpa, 8, (ulong)c) is var exit ? $"{exit} {exit.Value:x}" : "" : "no vCPU",
            10 => Runs(vm) ? PreFault(vm, At + ((ulong)(b % 8) * Page), (ulong)(1 + (c % 4)) * Page) : "no vCPU",
            11 => Words(Kvm.Mmap(file, 0, 8 * Page, c % 3 == 0 ? HostRights.Read : HostRights.Read | HostRights.Write, isShared: true)),
            12 => Kvm.Store(address + (c % 3 == 0 ? 0UL : 0xffc), 8, (ulong)c + 7).ToString(),
            13 => $"{Kvm.Load(address, 8, out var value)} {value:x}",
            14 => Words(Kvm.Madvise(address, (ulong)(1 + (c % 3)) * Page, c % 2 == 0 ? MemoryAdvice.DontNeed : MemoryAdvice.Remove, out _)),
            15 => c % 4 == 0 ? Words(Kvm.Close(Pick((OpenFileKind)(3 + (a % 3)), b))) : "kept",
            16 => Words(Kvm.Dup(file)),
            17 => Words(Kvm.MapAnonymous(8 * Page)),
            18 => DirtyLog(vm, (uint)(b % 3)),
            19 => Words(Kvm.Munmap(address, (ulong)(1 + (c % 4)) * Page)),
            _ => Runs(vm) ? Hypercall(vm, gpa & ~0xfffUL, (ulong)(b % 3), (ulong)c) : "no vCPU",
        };
    }

    private string CreateVm(int a)
    {
        var created = Kvm.CreateVm((ulong)(a % 2));
        return $"{Words(created)} {Words(Kvm.CreateVcpu((int)created.Value))}";
    }

    private MemoryRegion RegionOf(int a, int b, int c)
    {
        var file = Pick(OpenFileKind.GuestMemfd, a + b);
        var wantsFile = c % 2 == 0;
        var gpa = At + ((ulong)(b % 6) * Page);
        var address = AddressOf(a) + ((ulong)(c % 4) * Page);
        return new((uint)(b % 3), wantsFile ? 4UL : (ulong)(c % 4 == 1 ? 0 : c % 3), gpa, (ulong)(1 + (a % 4)) * Page, address, (ulong)(c % 5) * Page, file);
    }

    private string Hypercall(int vm, ulong gpa, ulong pages, ulong number)
    {
        Kvm.EnableCapability(vm, 201, number % 3 == 0 ? 0UL : 1UL << 12);
        var exit = Kvm.GuestMapGpaRange(vm, gpa, pages, 16, out var answer);
        return exit.Reason == ExitReason.Hypercall && number % 2 == 0 ? Kvm.CompleteHypercall(vm, number).ToString() : $"{exit.Reason} {answer}";
    }

    private string PreFault(int vm, ulong address, ulong size)
    {
        var result = Kvm.PreFaultMemory(vm, ref address, ref size, 0, out var signalled);
        return $"{Words(result)} {address:x} {size:x} {signalled}";
    }

    private string DirtyLog(int vm, uint slot)
    {
        Span<bool> dirty = stackalloc bool[4];
        var result = Kvm.GetDirtyLog(vm, slot, dirty);
        return $"{Words(result)} {dirty[0]} {dirty[1]} {dirty[2]} {dirty[3]}";
    }

    // A live vCPU only: its VM's descriptor may be closed while the vCPU's keeps it.
    private bool Runs(int vm) => Kvm.VmOf(vm) is { } machine && Kvm.Descriptors.Find(new(OpenFileKind.Vcpu, machine.Id.Value)) >= 0;

    private int Pick(OpenFileKind kind, int number)
    {
        var found = new List<int>();
        for (var descriptor = 0; descriptor < Kvm.Descriptors.Count; descriptor++)
        {
            if (Kvm.Descriptors.TryGet(descriptor, out _, out var file) && file.Kind == kind)
            {
                found.Add(descriptor);
            }
        }

        return found.Count > 0 ? found[number % found.Count] : KvmHost.NeverOpen;
    }

    private ulong AddressOf(int number)
    {
        var areas = Kvm.Process.Areas;
        return areas.Length == 0 ? KvmHost.FirstMapping : areas[number % areas.Length].Start << 12;
    }

    private static string Words(KvmResult result) => $"{result} {result.Value:x}";
}
