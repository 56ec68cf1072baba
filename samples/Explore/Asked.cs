using System.CommandLine;
using GuestMemory;
using GuestMemory.Testing;

/// <summary>What the command line can ask for.</summary>
internal sealed class Asked
{
    private readonly Option<string> _system = new("--system") { Description = "software, sev, snp, tdx or first-merged", DefaultValueFactory = _ => "software" };
    private readonly Option<string?> _scenario = new("--scenario") { Description = "where to start; default: the system's first" };
    private readonly Option<int> _guests = new("--guests") { Description = "guests", DefaultValueFactory = _ => 2 };
    private readonly Option<int> _pages = new("--pages") { Description = "pages they compete for", DefaultValueFactory = _ => 3 };
    private readonly Option<int> _vcpus = new("--vcpus") { Description = "vCPUs of all guests together", DefaultValueFactory = _ => 2 };
    private readonly Option<int> _depth = new("--depth") { Description = "most steps of a way", DefaultValueFactory = _ => 12 };
    private readonly Option<string[]> _off = new("--off") { Description = "a rule to switch off; may be given again" };
    private readonly Option<string?> _shard = new("--shard") { Description = "i/n: this part of n; needs --result" };
    private readonly Option<string?> _result = new("--result") { Description = "file for --merge" };
    private readonly Option<string[]> _merge = new("--merge") { Description = "results of all shards, to be told as one", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int?> _preemptions = new("--preemptions") { Description = "most interruptions of an actor midway" };
    private readonly Option<int?> _walks = new("--walks") { Description = "make so many random walks instead of searching" };
    private readonly Option<ulong> _seed = new("--seed") { Description = "what the walks' choices come from", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _plain = new("--no-symmetry") { Description = "tell like things apart" };
    private readonly Option<bool> _lassos = new("--lassos") { Description = "look for attempts that never end" };
    private readonly Option<int> _workers = new("--workers") { Description = "threads; default: the machine's processors", DefaultValueFactory = _ => Environment.ProcessorCount };
    private readonly Option<double?> _seconds = new("--seconds") { Description = "longest time" };
    private readonly Option<long?> _states = new("--states") { Description = "most states" };
    private readonly Option<long?> _megabytes = new("--megabytes") { Description = "most memory of visited states and frontier" };
    private readonly Option<string?> _checkpoint = new("--checkpoint") { Description = "file to write the search to" };
    private readonly Option<string?> _resume = new("--resume") { Description = "checkpoint to go on from" };
    private readonly Option<string?> _trace = new("--trace") { Description = "file for the counterexample as a recording" };
    private readonly Option<bool> _code = new("--code") { Description = "print the counterexample as a C# test" };

    public List<Option> Options =>
    [
        _system, _scenario, _guests, _pages, _vcpus, _depth, _off, _shard, _result, _merge, _preemptions, _walks, _seed, _plain, _lassos, _workers, _seconds, _states, _megabytes,
        _checkpoint, _resume, _trace, _code,
    ];

    public static string CodeOf(IStepSystemSource source) => source.Name switch
    {
        "software" => "SoftwareSystems.Software",
        "first-merged" => "SoftwareSystems.FirstMerged",
        "sev" => "SnpSystems.Sev",
        "snp" => "SnpSystems.Snp",
        _ => "TdxSystems.Tdx",
    };

    public string System(ParseResult parsed) => parsed.GetValue(_system)!;

    public string[] Merge(ParseResult parsed) => parsed.GetValue(_merge) ?? [];

    public string? Resume(ParseResult parsed) => parsed.GetValue(_resume);

    public string? Trace(ParseResult parsed) => parsed.GetValue(_trace);

    public RandomWalkOptions? Walks(ParseResult parsed) =>
        parsed.GetValue(_walks) is { } walks ? new() { Walks = walks, Seed = parsed.GetValue(_seed), Length = parsed.GetValue(_depth) } : null;

    public bool PrintsCode(ParseResult parsed) => parsed.GetValue(_code);

    public StepSystemOptions SystemOptions(ParseResult parsed, IStepSystemSource source)
    {
        var rules = RuleSwitches.AllOn;
        foreach (var id in parsed.GetValue(_off) ?? [])
        {
            rules = rules.Without(SearchableSystems.FindRule(id).Id);
        }

        var scenario = parsed.GetValue(_scenario);
        return scenario is null || source.Scenarios.Contains(scenario)
            ? new() { Guests = parsed.GetValue(_guests), Pages = parsed.GetValue(_pages), Vcpus = parsed.GetValue(_vcpus), Scenario = scenario, Rules = rules }
            : throw new ArgumentException($"{source.Name} has no scenario \"{scenario}\"; it has {string.Join(", ", source.Scenarios)}.");
    }

    public SearchOptions SearchOptions(ParseResult parsed)
    {
        var none = default(SearchShard);
        var shard = parsed.GetValue(_shard) is { } text ? SearchShard.TryParse(text, out var number) ? number : throw new ArgumentException($"A shard is i/n with i from 1 to n, not \"{text}\".") : none;
        if (shard != none && parsed.GetValue(_result) is null)
        {
            throw new ArgumentException("--shard needs --result FILE, to be merged with the other shards' by --merge.");
        }

        return new()
        {
            Depth = parsed.GetValue(_depth),
            Shard = shard == none ? null : shard,
            ResultFile = parsed.GetValue(_result),
            Preemptions = parsed.GetValue(_preemptions),
            UsesSymmetry = !parsed.GetValue(_plain),
            FindsLassos = parsed.GetValue(_lassos),
            Workers = parsed.GetValue(_workers),
            Clock = TimeProvider.System,
            Time = parsed.GetValue(_seconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue,
            States = parsed.GetValue(_states) ?? 1L << 31,
            Bytes = parsed.GetValue(_megabytes) is { } megabytes ? megabytes << 20 : long.MaxValue,
            Checkpoint = parsed.GetValue(_checkpoint),
        };
    }
}
