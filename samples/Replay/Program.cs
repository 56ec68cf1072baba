// Replays recordings of real kernels, of Intel's TDX module and of searches on the model and prints where the two disagree.
//   dotnet run -c Release --project samples/Replay -- PATH...
// A PATH is a .jsonl or .jsonl.gz file, or a folder of them; without one, the recordings beside the program.
// The exit code is 0 when every outcome agrees, 1 when one differs, 2 when part of the input could not be used.

using System.CommandLine;
using System.Diagnostics;
using GuestMemory.Kvm;
using GuestMemory.Tdx;
using GuestMemory.Testing;
using Spectre.Console;

var paths = new Argument<string[]>("PATH")
{
    Arity = ArgumentArity.ZeroOrMore,
    Description = "Recordings, or folders of them.",
    DefaultValueFactory = _ => [Path.Combine(AppContext.BaseDirectory, "recordings")],
};
var command = new RootCommand("Replays recordings on the model and prints where the two disagree.") { paths };
command.SetAction(parsed => Replay(parsed.GetValue(paths)!));
var parsed = command.Parse(args);
return parsed.Errors.Count > 0 ? Math.Max(parsed.Invoke(), 2) : parsed.Invoke();

static int Replay(string[] paths)
{
    var summary = new ReplaySummary();
    var report = new ReplayReport(Console.Out);
    var found = Array.ConvertAll(paths, RecordingFiles.Find);
    var missing = found.Select(recordings => recordings.Error).OfType<ReplayError>().ToList();
    missing.ForEach(report.Write);
    missing.ForEach(summary.Add);
    var files = found.SelectMany(recordings => recordings.Files).ToArray();
    var runner = new ReplayRunner(new KvmReplay(), new TdxReplay(), new StepReplay(SearchableSystems.All));
    var results = new List<ReplayResult>();
    var watch = new Stopwatch();
    if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
    {
        AnsiConsole.Progress().AutoClear(true).Start(progress =>
        {
            var task = progress.AddTask("replaying", maxValue: Math.Max(files.Length, 1));
            Array.ForEach(files, file => { ReplayFile(file); task.Increment(1); });
        });
    }
    else
    {
        Array.ForEach(files, ReplayFile);
    }

    results.ForEach(report.Write);
    results.ForEach(summary.Add);
    report.Write(summary, watch.Elapsed);
    return summary.ExitCode;

    void ReplayFile(string file)
    {
        watch.Start();
        results.Add(runner.Replay(file));
        watch.Stop();
    }
}
