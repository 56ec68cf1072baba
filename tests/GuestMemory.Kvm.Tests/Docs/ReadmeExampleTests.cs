using GuestMemory.Docs;
using Xunit;
using Console = GuestMemory.Docs.PrintedLines;

namespace GuestMemory.Kvm.Tests;

/// <summary>The README's example is this code, and prints what the README says.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public void It_prints_what_its_comments_say() =>
        ReadmeExample.Prints(Example, "guest 0x5a", "guest 0x0", "host 0x5a", "guest 0xbeef", "guest MemoryFault (EFAULT)", Refusal);

    [Fact]
    public void The_readme_shows_these_lines() => ReadmeExample.IsShown("## An example", "GuestMemory.Kvm");

    private const string Refusal = "EINVAL [KVM_SET_MEMORY_ATTRIBUTES/address-alignment] kvm-recordings, FINDINGS 14";

    private static void Example()
    {
        // README: begin
        var machine = new MachineFactory(technologies: [OrdinaryVm.Instance, SoftwareProtectedVm.Instance]).Create();
        var kvm = new KvmHost(machine, KernelProfile.Linux7Dot3);
        var vm = (int)kvm.CreateVm(SoftwareProtectedVm.Instance.VmType).Value;
        var file = (int)kvm.CreateGuestMemfd(vm, size: 0x4000, flags: 0).Value;
        var address = kvm.MapAnonymous(0x4000).Value;
        kvm.SetUserMemoryRegion2(vm, new MemoryRegion(Slot: 0, MemoryRegion.HasGuestMemfd, 0x10000, 0x4000, address, 0, file));
        kvm.CreateVcpu(vm);

        kvm.Store(address, 8, 0x5a);                                                    // the VMM's own memory: the shared side
        Console.WriteLine($"guest 0x{kvm.GuestLoad(vm, 0x10000, 8).Value:x}");          // guest 0x5a
        kvm.SetMemoryAttributes(vm, 0x10000, 0x1000, attributes: 8);                    // to private: unmap, flush, store
        Console.WriteLine($"guest 0x{kvm.GuestLoad(vm, 0x10000, 8).Value:x}");          // guest 0x0: the file's page, cleared
        kvm.GuestStore(vm, 0x10000, 8, 0xbeef);
        kvm.Load(address, 8, out var host);
        Console.WriteLine($"host 0x{host:x}");                                          // host 0x5a: another page
        Console.WriteLine($"guest 0x{kvm.GuestLoad(vm, 0x10000, 8).Value:x}");          // guest 0xbeef
        kvm.Close(file);                                                                // a slot does not keep its file
        Console.WriteLine($"guest {kvm.GuestLoad(vm, 0x10000, 8)}");                    // guest MemoryFault (EFAULT)
        var refused = kvm.SetMemoryAttributes(vm, 0x10800, 0x1000, attributes: 8);
        Console.WriteLine($"{refused} {refused.DecidedBy!.Source}");                    // EINVAL [...] kvm-recordings, FINDINGS 14
        // README: end
    }
}
