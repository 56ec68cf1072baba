// A VMM's conversion loop: it runs a guest and answers the two exits by which pages change sides.
//   dotnet run --project samples/ConversionLoop
// HYPERCALL: the guest asks (KVM_HC_MAP_GPA_RANGE). MEMORY_FAULT: the guest's access wants the other side than the attribute says.
// Either way the VMM sets the attribute, which unmaps first, and then frees the side that is not used any more.

using GuestMemory;
using GuestMemory.Kvm;

const ulong Start = 0x10_0000, Page = 0x1000;
const ulong Private = (ulong)MemoryAttributes.Private, HypercallPrivate = 16;

var kvm = new KvmHost(new MachineFactory(technologies: [SoftwareProtectedVm.Instance]).Create());
var vm = (int)kvm.CreateVm(SoftwareProtectedVm.Instance.VmType).Value;
kvm.CreateVcpu(vm);
kvm.EnableCapability(vm, capability: 201, argument: 1 << 12);
var file = (int)kvm.CreateGuestMemfd(vm, 4 * Page, flags: 0).Value;
var shared = kvm.MapAnonymous(4 * Page).Value;

Run("looks for a device at page 3", () => kvm.GuestLoad(vm, Start + (3 * Page), 8));
Console.WriteLine("VMM:   puts a slot of 4 pages there, with both sides");
kvm.SetUserMemoryRegion2(vm, new(Slot: 0, MemoryRegion.HasGuestMemfd, Start, 4 * Page, shared, 0, file));
Run("writes 0x5a to page 0", () => kvm.GuestStore(vm, Start, 8, 0x5a));
Run("asks for pages 0 to 3 to be private", () => kvm.GuestMapGpaRange(vm, Start, 4, HypercallPrivate, out _));
Run("reads page 0: another page, cleared", () => kvm.GuestLoad(vm, Start, 8));
Run("writes 0xbeef to page 0", () => kvm.GuestStore(vm, Start, 8, 0xbeef));
kvm.Load(shared, 8, out var seen);
Console.WriteLine($"VMM:   sees 0x{seen:x} on its own side of page 0");
Run("reads page 3, which it once took for a device", () => kvm.GuestLoad(vm, Start + (3 * Page), 8));
Run("reads page 0", () => kvm.GuestLoad(vm, Start, 8));
Run("asks for page 0 to be shared", () => kvm.GuestMapGpaRange(vm, Start, 1, 0, out _));
Run("reads page 0: nothing is carried over", () => kvm.GuestLoad(vm, Start, 8));

void Run(string what, Func<VcpuExit> guest)
{
    Console.WriteLine($"guest: {what}");
    var exit = guest();
    for (; exit.Reason == ExitReason.MemoryFault; exit = guest())
    {
        Console.WriteLine($"exit:  MEMORY_FAULT, a {(exit.Flags == Private ? "private" : "shared")} access at {exit.Gpa}");
        Convert(exit.Gpa.Value, exit.Size, exit.Flags);
    }

    if (exit.Reason == ExitReason.Hypercall)
    {
        Console.WriteLine($"exit:  HYPERCALL, {exit.Size} pages at {exit.Gpa}");
        Convert(exit.Gpa.Value, exit.Size * Page, (exit.Flags & HypercallPrivate) != 0 ? Private : 0);
        exit = kvm.CompleteHypercall(vm, answer: 0);
    }

    Console.WriteLine(exit.Reason == ExitReason.Mmio ? "exit:  MMIO, there is no memory" : $"exit:  HLT, done; value 0x{exit.Value:x}");
}

void Convert(ulong gpa, ulong size, ulong attributes)
{
    var set = kvm.SetMemoryAttributes(vm, gpa, size, attributes);
    var freed = attributes == Private ? kvm.Madvise(shared + gpa - Start, size, MemoryAdvice.DontNeed, out _) : kvm.Fallocate(file, 3, (long)(gpa - Start), (long)size);
    Console.WriteLine($"VMM:   sets attributes {attributes}: {set}; frees the {(attributes == Private ? "shared" : "private")} side: {freed}");
}
