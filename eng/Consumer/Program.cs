// Runs on the packed packages alone: a VM's page becomes private, and the fingerprint needs System.IO.Hashing, which only a correct
// package brings along. .ci/run compares the output with expected.txt.

using GuestMemory;
using GuestMemory.Kvm;
using GuestMemory.Rmp;
using GuestMemory.Tdx;

var machine = new MachineFactory(null, [OrdinaryVm.Instance, SoftwareProtectedVm.Instance]).Create();
var kvm = new KvmHost(machine);
Console.WriteLine($"fingerprint {machine.Fingerprint():x32}");

const ulong Gpa = 0x1000;
const ulong Private = 8;
var vm = (int)kvm.CreateVm(SoftwareProtectedVm.Instance.VmType).Value;
var vcpu = (int)kvm.CreateVcpu(vm).Value;
var file = (int)kvm.CreateGuestMemfd(vm, 0x1000, 0).Value;
var shared = kvm.MapAnonymous(0x1000).Value;
Console.WriteLine($"slot: {kvm.SetUserMemoryRegion2(vm, new(0, MemoryRegion.HasGuestMemfd, Gpa, 0x1000, shared, 0, file))}");
Console.WriteLine($"shared store: {kvm.GuestStore(vcpu, Gpa, 8, 1).Reason}");
Console.WriteLine($"to private: {kvm.SetMemoryAttributes(vm, Gpa, 0x1000, Private)}");
Console.WriteLine($"private load: {kvm.GuestLoad(vcpu, Gpa, 8).Value}");
Console.WriteLine($"to shared: {kvm.SetMemoryAttributes(vm, Gpa, 0x1000, 0)}");
Console.WriteLine($"shared load: {kvm.GuestLoad(vcpu, Gpa, 8).Value}");
Console.WriteLine($"fingerprint {machine.Fingerprint():x32}");

var platform = new SnpPlatform(RmpCoverage.AtEndOf(new(default, 1 << 16)));
Console.WriteLine($"RMPUPDATE: {platform.RmpUpdate(RmpUpdateOperands.Assign(new(new(0x200), PageSize.Size2M), new(5), new(0)))}, {platform.Table.StateOf(new(0x3ff))}");

var module = new TdxModule(new TdxPlatform(new Tdmr(default, 1UL << 30)));
Console.WriteLine($"TDH.MNG.CREATE: {module.Seamcall(TdxFunction.MngCreate, new(0x1000, 33))}, {module.Pamt.LookUp(new(1), out _).Type}");
