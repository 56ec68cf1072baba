using System.Text.Json;

namespace GuestMemory.Testing;

/// <summary>Steps of a searched system as a trace: a recording in the common form (<c>docs/trace-format.md</c>) that <see cref="StepReplay"/> replays.</summary>
public static class StepTrace
{
    /// <summary>What a trace's environment begins with; the kind of system follows.</summary>
    public const string Environment = "model-";

    /// <summary>Writes a trace of one case.</summary>
    /// <param name="writer">Where to; lines end with a line feed.</param>
    /// <param name="name">The case's name.</param>
    /// <param name="system">The kind of system, by <see cref="IStepSystemSource.Name"/>.</param>
    /// <param name="options">What the system is made of.</param>
    /// <param name="steps">The steps with their answers.</param>
    public static void Write(TextWriter writer, string name, string system, StepSystemOptions options, IReadOnlyList<CounterexampleStep> steps)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(steps);
        WriteLine(writer, json => WriteMeta(json, system, options));
        WriteLine(writer, json =>
        {
            json.WriteStartObject("case");
            json.WriteString("name", name);
            json.WriteEndObject();
        });
        for (var at = 0; at < steps.Count; at++)
        {
            var (number, step) = (at, steps[at]);
            WriteLine(writer, json => WriteStep(json, number, step));
        }
    }

    /// <summary>Makes steps given in words on a new system, up to the first that breaks something or is not offered.</summary>
    /// <param name="create">Makes the system in its first state.</param>
    /// <param name="steps">The steps, as <see cref="StepText"/> writes them.</param>
    /// <returns>The steps made, with their answers.</returns>
    public static IReadOnlyList<CounterexampleStep> Follow(Func<IStepSystem> create, IEnumerable<string> steps)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(steps);
        var walk = new CounterexampleWalk(create(), []);
        foreach (var step in steps)
        {
            if (walk.Broken is not null || !StepText.TryFind(walk.System, step, out var code) || walk.Make(code))
            {
                break;
            }
        }

        return walk.Steps;
    }

    private static void WriteMeta(Utf8JsonWriter json, string system, StepSystemOptions options)
    {
        json.WriteStartObject("meta");
        json.WriteNumber("format", 1);
        json.WriteString("env", Environment + system);
        json.WriteNumber("guests", options.Guests);
        json.WriteNumber("pages", options.Pages);
        json.WriteNumber("vcpus", options.Vcpus);
        if (options.Scenario is not null)
        {
            json.WriteString("scenario", options.Scenario);
        }

        if (options.Rules.Off.Any())
        {
            json.WriteString("off", string.Join(' ', options.Rules.Off));
        }

        json.WriteEndObject();
    }

    private static void WriteStep(Utf8JsonWriter json, int number, CounterexampleStep step)
    {
        var (operation, operands) = StepWords.Split(step.Text);
        json.WriteNumber("i", number);
        json.WriteString("op", operation);
        json.WriteStartObject("args");
        if (step.Actor is not null)
        {
            json.WriteString(StepWords.ActorKey, step.Actor);
        }

        foreach (var (key, value) in operands)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
        json.WriteStartObject("out");
        json.WriteString("answer", step.Answer);
        json.WriteEndObject();
    }

    private static void WriteLine(TextWriter writer, Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        writer.Write(System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
        writer.Write('\n');
    }
}
