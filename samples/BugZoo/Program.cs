// Finds bugs that someone really had, each by the shortest way to what it breaks.
//   dotnet run -c Release --project samples/BugZoo -- [BUG]
// Without a name, every bug. The exit code is 0 when each is found, and not found with its rule on; 1 when not; 2 when there is no such bug.

using System.Diagnostics;
using GuestMemory.Testing;

var bugs = SearchableSystems.All.SelectMany(source => source.Bugs.Select(bug => (Source: source, Bug: bug))).ToArray();
var asked = bugs.Where(kept => args.Length == 0 || kept.Bug.Id == args[0]).ToArray();
if (asked.Length == 0)
{
    Console.Error.WriteLine($"There is no bug \"{args[0]}\"; there are {string.Join(", ", bugs.Select(kept => kept.Bug.Id))}.");
    return 2;
}

var found = 0;
foreach (var (source, bug) in asked)
{
    var watch = Stopwatch.StartNew();
    var options = new SearchOptions { Depth = 20, Workers = Environment.ProcessorCount };
    Console.WriteLine($"{bug.Id}, in {source.Name}: {bug.Says}\n  source: {bug.Source}");
    if (KnownBugSearch.Find(source, bug, options).Counterexample is { } counterexample)
    {
        var seconds = watch.Elapsed.TotalSeconds;
        var isKept = KnownBugSearch.Without(source, bug, counterexample.Steps.Count, options).Counterexample is null;
        found += isKept && counterexample.Breaks == bug.Breaks ? 1 : 0;
        Console.WriteLine($"{counterexample}\n  with the rule on: {(isKept ? "nothing" : "broken all the same")}\n");
        Console.Error.WriteLine($"  found in {seconds:f1} s");
    }
}

Console.WriteLine($"{found} of {asked.Length} found");
return found == asked.Length ? 0 : 1;
