using System.Text.Json.Nodes;

namespace GuestMemory.Mutation;

/// <summary>A report in Stryker's form: every mutant with its number, and what became of it.</summary>
internal sealed class MutantReport
{
    private readonly JsonNode _root;
    private readonly Dictionary<int, JsonObject> _mutants = [];

    private MutantReport(JsonNode root)
    {
        _root = root;
        foreach (var file in root["files"]!.AsObject())
        {
            foreach (var mutant in file.Value!["mutants"]!.AsArray())
            {
                if (mutant!["status"]!.GetValue<string>() is not ("Ignored" or "CompileError" or "Killed" or "Timeout"))
                {
                    _mutants.Add(int.Parse(mutant["id"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture), mutant.AsObject());
                }
            }
        }
    }

    /// <summary>Numbers of the mutants that can be tried and were not noticed yet.</summary>
    public IEnumerable<int> Mutants => _mutants.Keys.Order();

    /// <exception cref="InvalidOperationException">A source file has changed since.</exception>
    public static MutantReport Read(string file)
    {
        var root = JsonNode.Parse(File.ReadAllBytes(file))!;
        foreach (var (source, entry) in root["files"]!.AsObject())
        {
            // Of what was left out the report has no text.
            if (entry!["mutants"]!.AsArray().Count > 0 && (!File.Exists(source) || File.ReadAllText(source) != entry["source"]!.GetValue<string>()))
            {
                throw new InvalidOperationException($"{source} has changed since its mutants were made.");
            }
        }

        return new(root);
    }

    public void Set(int mutant, string status, string reason)
    {
        var entry = _mutants[mutant];
        entry["status"] = status;
        entry["statusReason"] = reason;
        entry.Remove("killedBy");
        entry.Remove("coveredBy");
    }

    public void Write(string file) => File.WriteAllText(file, _root.ToJsonString());
}
