using System.Globalization;
using System.Text;

namespace GuestMemory.Testing;

/// <summary>Replays traces of searched systems (<see cref="StepTrace"/>): each operation is found among the steps the system offers, made, and its answer compared.</summary>
/// <remarks>Where a step breaks something the answer names what; the case is over then. Not thread-safe.</remarks>
public sealed class StepReplay : IReplaySystem
{
    private readonly IReadOnlyList<IStepSystemSource> _sources;
    private StepSystemOptions _options = new();
    private IStepSystemSource? _source;
    private CounterexampleWalk? _walk;

    /// <summary>Creates a replay of traces of some kinds of system.</summary>
    /// <param name="sources">The kinds.</param>
    public StepReplay(params IReadOnlyList<IStepSystemSource> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        _sources = sources;
    }

    /// <inheritdoc/>
    public bool Understands(ReadOnlySpan<byte> environment)
    {
        var text = Encoding.UTF8.GetString(environment);
        _source = _sources.FirstOrDefault(source => text == StepTrace.Environment + source.Name);
        return _source is not null;
    }

    /// <inheritdoc/>
    public void Configure(ReadOnlySpan<byte> meta)
    {
        var rules = RuleSwitches.AllOn;
        foreach (var off in (JsonFields.Text(meta, "off") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            rules = rules.Without(off);
        }

        var defaults = new StepSystemOptions();
        _options = defaults with
        {
            Guests = Number(meta, "guests", defaults.Guests),
            Pages = Number(meta, "pages", defaults.Pages),
            Vcpus = Number(meta, "vcpus", defaults.Vcpus),
            Scenario = JsonFields.Text(meta, "scenario"),
            Rules = rules,
        };
        try
        {
            Create();
        }
        catch (ArgumentException wrong)
        {
            throw new FormatException($"no such system can be made: {wrong.Message}", wrong);
        }
    }

    /// <inheritdoc/>
    public void StartCase() => _walk = new(Create(), []);

    /// <inheritdoc/>
    public bool TryApply(ReadOnlySpan<byte> operation, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var walk = _walk ?? throw new InvalidOperationException("No case was started.");
        if (walk.Broken is not null || !TryFind(walk.System, Encoding.UTF8.GetString(operation), arguments, out var step))
        {
            return false;
        }

        walk.Make(step);
        outcome.Text("answer"u8, Encoding.UTF8.GetBytes(walk.Steps[^1].Answer));
        return true;
    }

    /// <inheritdoc/>
    public string DescribeState() => _walk is null ? "" : $"{_walk.System.Name} after {_walk.Steps.Count} steps offers:\n{string.Join('\n', StepText.Offered(_walk.System))}";

    private static int Number(ReadOnlySpan<byte> meta, string key, int otherwise) => JsonFields.Text(meta, key) is not { } text
        ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"meta.{key} is {text}, no small number");

    // The arguments' order does not matter.
    private static bool TryFind(IStepSystem system, string operation, in TraceArguments arguments, out uint step)
    {
        var offered = new List<uint>();
        system.FindSteps(offered);
        foreach (var candidate in offered)
        {
            step = candidate;
            var (name, operands) = StepWords.Split(system.Describe(candidate));
            if (system is IScheduledSystem scheduled)
            {
                operands.Add((StepWords.ActorKey, scheduled.Actors[scheduled.ActorOf(candidate)]));
            }

            if (name == operation && operands.Count == arguments.Count && Agree(operands, arguments))
            {
                return true;
            }
        }

        step = 0;
        return false;
    }

    private static bool Agree(List<(string Key, string Value)> operands, in TraceArguments arguments)
    {
        foreach (var (key, value) in operands)
        {
            if (!arguments.TryGet(Encoding.UTF8.GetBytes(key), out var given) || Encoding.UTF8.GetString(given) != value)
            {
                return false;
            }
        }

        return true;
    }

    private IStepSystem Create() => (_source ?? throw new InvalidOperationException("No environment was understood.")).Create(_options);
}
