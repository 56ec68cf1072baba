// A TD's life on the bare module: built and measured, run; pages given, taken, moved, split and merged; torn down in order.
//   dotnet run -c Release --project samples/TdxLifecycle
// One line a step: the call, its status, what the pages are now (PAMT) and the entry (Secure EPT), or the TD; the rule when refused.
// vCPUs remember translations here: the guest still reads the blocked page from one, which is what TRACK and leaving are for.

using GuestMemory.Tdx;
using static GuestMemory.Tdx.SeptLevel;
using static GuestMemory.Tdx.TdxFunction;

const ulong Tdr = BareTd.Tdr, Tdvpr = BareTd.Tdvpr, Tables = Tdr + 0xd000, A = Tdr + 0x2_0000, B = A + 0x1000, C = A + 0x2000, Large = Tdr + 0x20_0000, Gpa = 0x20_0000;
var td = new BareTd();

td.Pages(MngCreate, Tdr, BareTd.Hkid.Value);
td.Call(MngKeyConfig);
td.Pages(MngAddcx, Tdr + 0x1000, Tdr, Td.FewestControlPages);
td.Init(TdParameters.Of());
td.Pages(VpCreate, Tdvpr, Tdr);
td.Pages(VpAddcx, Tdvpr + 0x1000, Tdvpr, TdVcpu.FewestControlPages);
td.Call(VpInit);
Array.ForEach([Pml4, Pdpt, Pd], level => td.Memory(MemSeptAdd, 0, level, Tables + ((ulong)level << 12)));
td.HostWrites(BareTd.HostPage, 0x600d);
td.Memory(MemPageAdd, 0x1000, Pt, A, BareTd.HostPage);
td.Measure(0x1000);
td.Call(MrFinalize);

Console.WriteLine("a page given, and taken while a vCPU is inside");
td.Memory(MemPageAug, 0x2000, Pt, B);
td.Inside(() => td.Read(0x1000), () => td.Read(0x2000));
td.Inside(() => td.Accept(0x2000, Pt), () => td.Write(0x2000, 0x5ec2e7));
td.HostReads(B);
td.Block(0x2000, Pt);
td.Read(0x2000);
td.Memory(MemPageRemove, 0x2000, Pt);
td.Leave();
td.Memory(MemPageRemove, 0x2000, Pt);
td.WriteBackAndRewrite(B);

Console.WriteLine("a page moved");
td.Memory(MemPageRelocate, 0x1000, Pt, C);
td.Block(0x1000, Pt);
td.Memory(MemPageRelocate, 0x1000, Pt, C);
td.Inside(() => td.Read(0x1000), td.Leave);

Console.WriteLine("a 2M page accepted, split, merged");
td.Memory(MemPageAug, Gpa, Pd, Large);
td.Inside(() => td.Accept(Gpa, Pd), () => td.Write(Gpa + 0x5000, 0x88), td.Leave);
td.Block(Gpa, Pd);
td.Memory(MemPageDemote, Gpa, Pd, Tables);
td.Block(Gpa, Pd);
td.Inside(() => td.Read(Gpa + 0x5000));
td.Memory(MemPagePromote, Gpa, Pd);
td.Inside(() => td.Read(Gpa + 0x5000), td.Leave);

Console.WriteLine("torn down");
td.Call(MngVpFlushDone, VpFlush, MngVpFlushDone, MngKeyFreeid, PhymemCacheWb);
td.Pages(PhymemPageReclaim, C);
td.Call(MngKeyFreeid);
td.Pages(PhymemPageReclaim, Tdr);
td.ReclaimEverything();
