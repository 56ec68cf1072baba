using GuestMemory.Testing;

namespace GuestMemory.Benchmarks;

/// <summary>A recording read and parsed once, so that applying it costs the model alone (and turning arguments into calls, and answers into fields).</summary>
internal sealed class Tape
{
    private readonly byte[] _meta;
    private readonly List<byte[]> _lines = [];
    private readonly List<TraceArgument[]> _places = [];
    private readonly List<byte[]> _operations = [];
    private readonly byte[] _answer = new byte[4096];

    public Tape(string path)
    {
        _meta = [];
        using var stream = File.OpenRead(path);
        using var reader = new TraceReader(stream);
        var room = new TraceArgument[TraceLine.MostArguments];
        while (reader.TryReadLine(out var text))
        {
            if (!TraceLine.TryParse(text, room, out var line, out var error))
            {
                throw new InvalidDataException($"{path}: {error}");
            }

            if (line.Kind == TraceLineKind.Meta)
            {
                _meta = line.Json.ToArray();
            }
            else if (line.Kind == TraceLineKind.Case)
            {
                Add([], [], []);
            }
            else if (line.Kind == TraceLineKind.Operation)
            {
                Add(text.ToArray(), room[..line.Arguments.Count], line.Operation.ToArray());
            }
        }
    }

    /// <summary>Applies all of it.</summary>
    public void Apply(IReplaySystem system)
    {
        system.Configure(_meta);
        for (var index = 0; index < _lines.Count; index++)
        {
            var operation = _operations[index];
            if (operation.Length == 0)
            {
                system.StartCase();
                continue;
            }

            var outcome = new TraceOutcome(_answer);
            system.TryApply(operation, new(_lines[index], _places[index]), ref outcome);
        }
    }

    private void Add(byte[] line, TraceArgument[] places, byte[] operation)
    {
        _lines.Add(line);
        _places.Add(places);
        _operations.Add(operation);
    }
}
