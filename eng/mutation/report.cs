// Sums Stryker's reports of one project by folder: dotnet run eng/mutation/report.cs -- artifacts/mutation/core
// Mutants that were ignored or did not compile count nowhere. Survivors go to survivors.md beside the reports.
#:property PublishAot=false
using System.Text.Json;

string reports = args is [var path] ? path : throw new ArgumentException("one argument: the folder of a project's reports");
SortedDictionary<string, FolderScore> folders = new(StringComparer.Ordinal);
List<string> survivors = [];
int seconds = 0;
foreach (string run in Directory.GetDirectories(reports).OrderBy(RunAt))
{
    string file = Path.Combine(run, "reports", "mutation-report.json");
    if (!File.Exists(file))
    {
        Console.WriteLine($"{Path.GetFileName(run)}: not run to its end");
        continue;
    }

    Read(file);
    seconds += int.Parse(File.ReadAllText(Path.Combine(run, "seconds")), System.Globalization.CultureInfo.InvariantCulture);
}

Console.WriteLine("| Folder | Mutants | Killed | Timed out | Survived | Not covered | Score |");
Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
FolderScore total = new("in all");
foreach (FolderScore folder in folders.Values)
{
    Console.WriteLine(folder);
    total.Add(folder);
}

Console.WriteLine(total);
Console.WriteLine($"{Path.GetFileName(reports)}: {seconds / 60} min {seconds % 60} s on {Environment.ProcessorCount} cores");
File.WriteAllLines(Path.Combine(reports, "survivors.md"), survivors.Order(StringComparer.Ordinal));

// A later run of a folder stands for the earlier one.
static DateTime RunAt(string run) => Directory.GetLastWriteTimeUtc(run);

void Read(string file)
{
    using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(file));
    HashSet<string> begun = [];
    foreach (JsonProperty source in report.RootElement.GetProperty("files").EnumerateObject())
    {
        // Everything after src/<package>/.
        string name = source.Name.Replace('\\', '/');
        string[] parts = name[(name.LastIndexOf("/src/", StringComparison.Ordinal) + 5)..].Split('/', 3);
        string folder = parts.Length == 3 ? parts[1] : "root";
        string[] lines = source.Value.GetProperty("source").GetString()!.Split('\n');
        foreach (JsonElement mutant in source.Value.GetProperty("mutants").EnumerateArray())
        {
            string status = mutant.GetProperty("status").GetString()!;
            if (status is "Ignored" or "CompileError")
            {
                continue;
            }

            if (begun.Add(folder))
            {
                folders[folder] = new FolderScore(folder);
                survivors.RemoveAll(line => line.StartsWith($"- {folder}/", StringComparison.Ordinal));
            }

            folders[folder].Count(status);
            if (status is "Survived" or "NoCoverage")
            {
                survivors.Add(Survivor(mutant, $"{folder}/{parts[^1]}", lines, status));
            }
        }
    }
}

static string Survivor(JsonElement mutant, string file, string[] lines, string status)
{
    JsonElement start = mutant.GetProperty("location").GetProperty("start");
    int line = start.GetProperty("line").GetInt32();
    string replacement = mutant.GetProperty("replacement").GetString()!.ReplaceLineEndings(" ");
    return $"- {file}:{line}:{start.GetProperty("column").GetInt32()} {status}, {mutant.GetProperty("mutatorName").GetString()}: `{lines[line - 1].Trim()}` -> `{replacement}`";
}

/// <summary>What became of the mutants of one folder.</summary>
internal sealed class FolderScore(string folder)
{
    private int _killed, _timedOut, _survived, _notCovered;

    public void Count(string status)
    {
        _killed += status == "Killed" ? 1 : 0;
        _timedOut += status == "Timeout" ? 1 : 0;
        _survived += status == "Survived" ? 1 : 0;
        _notCovered += status == "NoCoverage" ? 1 : 0;
    }

    public void Add(FolderScore other)
    {
        _killed += other._killed;
        _timedOut += other._timedOut;
        _survived += other._survived;
        _notCovered += other._notCovered;
    }

    public override string ToString()
    {
        int all = _killed + _timedOut + _survived + _notCovered;
        string score = all == 0 ? "none" : FormattableString.Invariant($"{100.0 * (_killed + _timedOut) / all:0.0} %");
        return $"| {folder} | {all} | {_killed} | {_timedOut} | {_survived} | {_notCovered} | {score} |";
    }
}
