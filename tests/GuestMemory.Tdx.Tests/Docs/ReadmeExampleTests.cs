using GuestMemory.Docs;
using Xunit;
using Console = GuestMemory.Docs.PrintedLines;

namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>The README's example of TDX is this code, and prints what the README says.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public void It_prints_what_its_comments_say() => ReadmeExample.Prints(
        Example,
        "TdExit TD.ACCESS/private/pending", "Ok 0x0", "TDH.MEM.PAGE.REMOVE/blocked", "TlbTrackingNotDone 1 (0xc0000b0800000001)", "Success 0 (0x0000000000000000), page 0x40400000 is Nda");

    [Fact]
    public void The_readme_shows_these_lines() => ReadmeExample.IsShown("## Intel TDX", "GuestMemory.Tdx");

    private static void Example()
    {
        // README: begin
        var module = new TdxModule(new(new Tdmr(new(0x4000_0000), 1UL << 30)));                     // 1 GiB for TDs
        var (tdr, vcpu, page, gpa) = (0x4000_0000UL, new Spa(0x4001_0000), 0x4040_0000UL, 0x2000UL);
        Call(TdxFunction.MngCreate, tdr, 33);                                                       // a TD: root page, key,
        Call(TdxFunction.MngKeyConfig, tdr);
        Pages(6, at => Call(TdxFunction.MngAddcx, tdr + at, tdr));                                  // control pages
        new TdParameters().WriteTo(module.Memory.Contents, new(0x10_0000));
        Call(TdxFunction.MngInit, tdr, 0x10_0000);
        Call(TdxFunction.VpCreate, vcpu.Value, tdr);                                                // its vCPU
        Pages(5, at => Call(TdxFunction.VpAddcx, vcpu.Value + at, vcpu.Value));
        Call(TdxFunction.VpInit, vcpu.Value);
        Pages(3, at => Call(TdxFunction.MemSeptAdd, 4 - (at >> 12), tdr, 0x4002_0000 + at));        // tables, from the root down
        Call(TdxFunction.MrFinalize, tdr);

        Call(TdxFunction.VpEnter, vcpu.Value);
        Call(TdxFunction.MemPageAug, gpa, tdr, page);                                               // the host gives a page
        Console.WriteLine($"{Read().Event} {Read().DecidedBy!.Id}");                                // TdExit TD.ACCESS/private/pending
        module.Tdcall(TdxFunction.GuestPageAccept, vcpu.Frame, new(gpa));                           // the guest takes it: zeroed
        Console.WriteLine($"{Read()}");                                                             // Ok 0x0
        Console.WriteLine($"{Remove().DecidedBy!.Id}");                                             // TDH.MEM.PAGE.REMOVE/blocked
        Call(TdxFunction.MemRangeBlock, gpa, tdr);
        Call(TdxFunction.MemTrack, tdr);
        Console.WriteLine($"{Remove().Status}");                                                    // TlbTrackingNotDone 1 (0xc0000b0800000001): the vCPU is still inside
        module.Exit(vcpu.Frame);
        Console.WriteLine($"{Remove().Status}, page 0x{page:x} is {module.Pamt.LookUp(new Spa(page).Frame, out _).Type}"); // Success 0 (0x0000000000000000), page 0x40400000 is Nda

        TdxResult Call(TdxFunction function, ulong rcx, ulong rdx = 0, ulong r8 = 0) => module.Seamcall(function, new(rcx, rdx, r8));
        TdxResult Remove() => Call(TdxFunction.MemPageRemove, gpa, tdr);
        GuestResult Read() => module.GuestRead(vcpu.Frame, new(gpa), length: 8);
        void Pages(int count, Action<ulong> give) => Enumerable.Range(1, count).ToList().ForEach(number => give((ulong)number << 12));
        // README: end
    }
}
