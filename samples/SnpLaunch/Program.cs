// An SEV-SNP guest's life: created, launched, run; one 4K page of a 2M page shared; a page swapped out and in; shut down.
//   dotnet run --project samples/SnpLaunch
// The VMM and the guest use KvmHost; swapping has no call in Linux, so the host's kernel speaks to the table and the firmware itself.

using GuestMemory;
using GuestMemory.Kvm;
using GuestMemory.Rmp;

const ulong At = 0x4000_0000, Page = 0x1000, Large = 0x20_0000, Private = (ulong)MemoryAttributes.Private;
var machine = new MachineFactory(new() { Frames = 1 << 16, OwnershipTable = made => new RmpOwnershipTable(made) }, [SnpVm.Instance]).Create();
var kvm = new KvmHost(machine, host: new() { VmTypes = 1 << 4, GuestMemfdLargestOrder = 9 });
var host = ((RmpOwnershipTable)machine.Ownership).Host;

var vm = (int)kvm.CreateVm(SnpVm.Instance.VmType).Value;
Command(SnpCommand.Init2);
kvm.CreateVcpu(vm);
var file = (int)kvm.CreateGuestMemfd(vm, 2 * Large, flags: 0).Value;
var shared = kvm.MapAnonymous(2 * Large).Value;
kvm.SetUserMemoryRegion2(vm, new(Slot: 0, MemoryRegion.HasGuestMemfd, At, 2 * Large, shared, 0, file));
kvm.SetMemoryAttributes(vm, At, 2 * Large, Private);
Command(SnpCommand.LaunchStart, 0x3_0000);
kvm.Store(shared, 8, 0x600d);
Command(SnpCommand.LaunchUpdate, At / Page, shared, Page, (ulong)LaunchPageType.Normal);
Command(SnpCommand.LaunchFinish);
Show("guest reads its launch page", kvm.GuestLoad(vm, At, 8, asksPrivate: true));
Show("guest reads the next 2M page", kvm.GuestLoad(vm, At + Large, 8, asksPrivate: true));
Validate("guest accepts it, 2M", At + Large, isLarge: true, validate: true);
kvm.GuestStore(vm, At + Large + (2 * Page), 8, 0x5ec2e7, asksPrivate: true);
Validate("guest gives one 4K of it back", At + Large + Page, isLarge: false, validate: false);
Console.WriteLine($"  the host repaired {host.RepairedFaults} RMP fault by PSMASH");
kvm.SetMemoryAttributes(vm, At + Large + Page, Page, 0);
kvm.Fallocate(file, mode: 3, (long)(Large + Page), (long)Page);
Show("guest writes the shared page", kvm.GuestStore(vm, At + Large + Page, 8, 0x17, asksPrivate: false));
kvm.Load(shared + Large + Page, 8, out var seen);
Console.WriteLine($"  the VMM reads 0x{seen:x} there; {host.Platform.Table.PagesOf(host.Guests.First().Asid)} pages carry the guest's ASID");

Show("guest reads a page beside it", kvm.GuestLoad(vm, At + Large + (2 * Page), 8, asksPrivate: true));
var swap = new SwapSketch(machine, host, kvm.VmOf(vm)!, new Gpa(At + Large + (2 * Page)).Frame);
swap.OutAndIn(Console.WriteLine);
Show("guest reads the page that was away", kvm.GuestLoad(vm, At + Large + (2 * Page), 8, asksPrivate: true));
Array.ForEach([file, vm + 1, vm], descriptor => kvm.Close(descriptor));
host.Platform.Firmware.Wbinvd();
Console.WriteLine($"closed: {host.Guests.Count()} guests; DF_FLUSH {host.Platform.Firmware.DfFlush()}, SHUTDOWN_EX {host.Platform.Firmware.ShutdownEx()}");

void Command(SnpCommand command, params ReadOnlySpan<ulong> words)
{
    var block = new byte[88];
    System.Runtime.InteropServices.MemoryMarshal.AsBytes(words).CopyTo(block);
    Console.WriteLine($"{command}: {kvm.MemoryEncryptOp(vm, (uint)command, block)}");
}

void Validate(string what, ulong gpa, bool isLarge, bool validate)
{
    ulong[] registers = [gpa, isLarge ? 1UL : 0, validate ? 1UL : 0];
    Console.WriteLine($"{what}: {kvm.GuestCall(vm, (uint)SnpGuestFunction.Pvalidate, registers).Reason}, EAX {registers[0]}, CF {registers[1]}");
}

void Show(string what, VcpuExit exit) => Console.WriteLine(
    $"{what}: {exit.Reason}, {(exit.Reason == ExitReason.GuestException ? $"{(RmpFaultKind)exit.Value} 0x{exit.Flags:x}" : $"0x{exit.Value:x}")}");
