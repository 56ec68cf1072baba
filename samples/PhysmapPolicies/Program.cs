// One workload under every answer to: what becomes of the kernel's own mapping of memory (direct map, physmap) when pages change sides?
//   dotnet run --project samples/PhysmapPolicies
// 4K peak, 4K end   4K entries in the direct map, the most at once and after the last guest; it begins without. More of them, more TLB misses.
// splits, merges    entries replaced by 512 of the next smaller size, and the reverse
// faults, of data   writes of the kernel that faulted on the RMP, and those of them on its own data; the others were on pages guests share
// fatal             faults on stacks, descriptor tables and page tables: no handler survives them. A real host ends there, here the count goes on.
// flushes           of the TLBs of all processors
// mixed, exposed    while guests share: does a mapping of 2M or more cover assigned and unassigned pages (INV-SNP-13), is an assigned page mapped (14)?
// The first table takes the guests' save areas and the firmware's pages from where kernel data comes from too, the second from a pool of their own.

using GuestMemory;
using GuestMemory.Rmp;
using PhysmapPolicies;
using Spectre.Console;

var pool = new BufferPool(Workload.PoolWindow, FramePurpose.Firmware);
var anywhere = Compare("Firmware's pages and save areas from anywhere", LowestFirst.Instance);
Console.WriteLine();
Compare("Firmware's pages and save areas from a pool of their own", pool);

if (AnsiConsole.Profile.Capabilities.Interactive && AnsiConsole.Profile.Capabilities.Ansi && !Console.IsOutputRedirected)
{
    Draw("4K entries at peak", counters => counters.PeakSmallEntries, Color.Blue);
    Draw("4K entries at the end", counters => counters.SmallEntries, Color.Green);
    Draw("TLB flushes", counters => counters.TlbFlushes, Color.Yellow);
}

static List<(DirectMapPolicy Policy, DirectMapCounters Counters)> Compare(string title, IFrameChoice choice)
{
    Console.WriteLine(title);
    Console.WriteLine($"{"",-18} {"4K peak",8} {"4K end",8} {"splits",7} {"merges",7} {"faults",7} {"of data",8} {"fatal",6} {"flushes",8} {"mixed",6} {"exposed",8}");
    var results = new List<(DirectMapPolicy, DirectMapCounters)>();
    foreach (var policy in DirectMapPolicies.All)
    {
        var workload = new Workload(policy, choice);
        workload.Run();
        var of = workload.Counters;
        Console.Write($"{policy,-18} {of.PeakSmallEntries,8} {of.SmallEntries,8} {of.Splits,7} {of.Merges,7} {of.Faults,7} {workload.FaultsOnData,8}");
        Console.WriteLine($" {of.FatalFaults,6} {of.TlbFlushes,8} {YesNo(workload.WasMixed),6} {YesNo(workload.WasExposed),8}");
        results.Add((policy, of));
    }

    return results;
}

static string YesNo(bool value) => value ? "yes" : "no";

void Draw(string label, Func<DirectMapCounters, ulong> value, Color color)
{
    var chart = new BarChart().Label(label).LeftAlignLabel();
    anywhere.ForEach(result => chart.AddItem(result.Policy.Name, value(result.Counters), color));
    AnsiConsole.WriteLine();
    AnsiConsole.Write(chart);
}
