// Searches every state a small system can reach for something broken.
//   dotnet run -c Release --project samples/Explore -- --system snp --guests 2 --pages 3 --vcpus 2 --depth 12 [--off RULE] [--shard i/n]
// The exit code is 0 when nothing was found, 1 when something was, 2 when the arguments are bad.

using System.CommandLine;
using GuestMemory.Testing;

var asked = new Asked();
var command = new RootCommand("Searches every state a small system can reach for something broken.");
asked.Options.ForEach(command.Options.Add);
command.SetAction(parsed =>
{
    try
    {
        return asked.Merge(parsed) is { Length: > 0 } results ? Telling.Report(ShardResults.Merge(results), null) : Search(parsed);
    }
    catch (Exception wrong) when (wrong is ArgumentException or FormatException or IOException)
    {
        Console.Error.WriteLine(wrong.Message);
        return 2;
    }
});
var parsed = command.Parse(args);
return parsed.Errors.Count > 0 ? Math.Max(parsed.Invoke(), 2) : parsed.Invoke();

int Search(ParseResult parsed)
{
    var source = SearchableSystems.Find(asked.System(parsed));
    var system = asked.SystemOptions(parsed, source);
    if (asked.Walks(parsed) is { } walks)
    {
        return Telling.Report(new RandomWalks(() => source.Create(system), walks).Run());
    }

    var options = asked.SearchOptions(parsed) with { Progress = Console.IsErrorRedirected ? null : progress => Console.Error.Write($"\r{progress}   ") };
    using var stopped = new CancellationTokenSource();
    Console.CancelKeyPress += (_, pressed) => { pressed.Cancel = true; stopped.Cancel(); };
    var search = new StateSearch(() => source.Create(system), options);
    var report = asked.Resume(parsed) is { } file ? search.Resume(file, stopped.Token) : search.Run(stopped.Token);
    if (report.Counterexample is { } found && asked.Trace(parsed) is { } trace)
    {
        using var writer = new StreamWriter(trace);
        StepTrace.Write(writer, $"bad_{found.Breaks}", source.Name, system, found.Steps);
    }

    return Telling.Report(report, asked.PrintsCode(parsed) ? found => CounterexampleCode.Write(found, Asked.CodeOf(source), system) : null);
}
