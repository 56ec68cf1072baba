using System.Globalization;
using System.Text;

namespace GuestMemory.Testing;

/// <summary>The replay of one recording, line by line.</summary>
internal sealed class RecordingReplay(IReadOnlyList<IReplaySystem> systems, ReplayBuffers buffers, string file)
{
    private const string FileLeftOut = "nothing of this recording is replayed";

    private readonly List<ReplayDifference> _differences = [];
    private readonly List<OutsideModelStop> _outsideModel = [];
    private readonly List<ReplayError> _errors = [];
    private IReplaySystem? _system;
    private string? _environment;
    private ReplayPhase _phase;
    private bool _metaSeen;
    private long _lineNumber;
    private int _next;
    private long _differing;
    private long _cases;
    private long _operations;
    private long _compared;
    private long _agreed;
    private long _seen;

    public ReplayResult Run(Stream stream)
    {
        using var reader = new TraceReader(stream);
        while (reader.TryReadLine(out var text))
        {
            _lineNumber = reader.LineNumber;
            if (!text.IsEmpty)
            {
                Replay(text);
            }
        }

        EndCase();
        if (reader.Failure is { } failure)
        {
            Report(_lineNumber == 0 ? failure : $"{failure}; what came before was replayed");
        }
        else if (!_metaSeen && _errors.Count == 0)
        {
            _lineNumber = 0;
            Report(reader.LineNumber == 0 ? "the file is empty" : "there is no meta line");
        }

        var skipped = _seen - _operations - _outsideModel.Count;
        var counts = new ReplayCounts(_cases, _operations, _compared, _agreed, _outsideModel.Count, skipped);
        return new ReplayResult(file, _environment, counts, _differences, _outsideModel, _errors);
    }

    private void Replay(ReadOnlySpan<byte> text)
    {
        if (!TraceLine.TryParse(text, buffers.Places, out var line, out var error))
        {
            LoseLine(error.ToString());
            return;
        }

        switch (line.Kind)
        {
            case TraceLineKind.Operation when _phase == ReplayPhase.InCase:
                Apply(text, in line);
                break;
            case TraceLineKind.Operation:
                SkipOperation();
                break;
            case TraceLineKind.Case:
                StartCase(text);
                break;
            case TraceLineKind.Meta:
                Configure(line.Json);
                break;
            default:
                LoseLine($"the recorded process died here, {Text(line.Json)}");
                break;
        }
    }

    private void Configure(ReadOnlySpan<byte> meta)
    {
        EndCase();
        var second = _metaSeen;
        _metaSeen = true;
        _phase = ReplayPhase.FileDropped;
        if (second)
        {
            Report("a second meta line; the rest of this recording is not replayed");
            return;
        }

        if (JsonFields.Text(meta, "format") is not "1" and var format)
        {
            Report($"the meta line's format is {format ?? "not named"}, not 1; {FileLeftOut}");
        }
        else if (JsonFields.Text(meta, "env") is not { } environment)
        {
            Report($"the meta line names no environment; {FileLeftOut}");
        }
        else
        {
            ChooseSystem(meta, environment);
        }
    }

    private void ChooseSystem(ReadOnlySpan<byte> meta, string environment)
    {
        try
        {
            _system = SystemFor(Encoding.UTF8.GetBytes(environment));
            if (_system is null)
            {
                Report($"no system understands the environment \"{environment}\"; {FileLeftOut}");
                return;
            }

            _system.Configure(meta);
            _environment = environment;
            _phase = ReplayPhase.BeforeCase;
        }
        catch (Exception exception)
        {
            Report($"environment \"{environment}\": {Describe(exception)}; {FileLeftOut}");
        }
    }

    private IReplaySystem? SystemFor(ReadOnlySpan<byte> environment)
    {
        foreach (var system in systems)
        {
            if (system.Understands(environment))
            {
                return system;
            }
        }

        return null;
    }

    private void StartCase(ReadOnlySpan<byte> text)
    {
        EndCase();
        if (_phase == ReplayPhase.BeforeMeta)
        {
            _phase = ReplayPhase.FileDropped;
            Report("a case before the meta line; nothing before that line is replayed");
        }

        if (_phase == ReplayPhase.FileDropped)
        {
            return;
        }

        _next = 0;
        buffers.Case.Start(text);
        try
        {
            _phase = ReplayPhase.InCase;
            _system!.StartCase();
            _cases++;
        }
        catch (Exception exception)
        {
            LoseLine($"starting the case: {Describe(exception)}");
        }
    }

    private void SkipOperation()
    {
        _seen++;
        if (_phase == ReplayPhase.BeforeMeta)
        {
            _phase = ReplayPhase.FileDropped;
            Report("an operation before the meta line; nothing before that line is replayed");
        }
        else if (_phase == ReplayPhase.BeforeCase)
        {
            _phase = ReplayPhase.CaseDropped;
            Report("an operation before the first case; nothing before that case is replayed");
        }
    }

    private void Apply(ReadOnlySpan<byte> text, in TraceLine line)
    {
        _seen++;
        if (line.Index != _next)
        {
            LoseLine(string.Create(CultureInfo.InvariantCulture, $"operation {line.Index} stands where {_next} is expected"));
            return;
        }

        _next++;
        var outcome = new TraceOutcome(buffers.Answer);
        if (!TryApply(in line, ref outcome))
        {
            return;
        }

        _operations++;
        if (outcome.Compared)
        {
            outcome.Close();
            Compare(in line, in outcome);
        }

        buffers.Case.Add(text);
    }

    private bool TryApply(in TraceLine line, ref TraceOutcome outcome)
    {
        try
        {
            if (_system!.TryApply(line.Operation, line.Arguments, ref outcome))
            {
                return true;
            }

            LoseLine($"unknown operation \"{Text(line.Operation)}\"");
        }
        catch (OutsideModelException exception)
        {
            _phase = ReplayPhase.CaseDropped;
            _outsideModel.Add(new OutsideModelStop(file, _lineNumber, buffers.Case.Name, Text(line.Operation), exception.Entry, OneLine(exception.Message)));
        }
        catch (Exception exception)
        {
            LoseLine($"operation \"{Text(line.Operation)}\": {Describe(exception)}");
        }

        return false;
    }

    private void Compare(in TraceLine line, in TraceOutcome actual)
    {
        _compared++;
        if (OutcomeComparer.Agree(line.Json, in actual))
        {
            _agreed++;
            return;
        }

        _differing++;
        if (_differing == 1)
        {
            KeepDifference(in line, actual.Json, actual.DecidedBy);
        }
    }

    private void KeepDifference(in TraceLine line, ReadOnlySpan<byte> actual, Rule? decidedBy)
    {
        const string NotKnown = "(not known)";
        _differences.Add(new ReplayDifference(
            file,
            _lineNumber,
            buffers.Case.Name,
            Text(line.Operation),
            Text(line.ArgumentsJson),
            Text(line.Json),
            Text(actual),
            decidedBy,
            StateBefore: NotKnown,
            StateAfter: NotKnown,
            FurtherInCase: 0));
        try
        {
            _differences[^1] = _differences[^1] with { StateAfter = _system!.DescribeState() };
            _differences[^1] = _differences[^1] with { StateBefore = CaseAgain.StateBefore(_system, buffers, in line) };
        }
        catch (Exception exception)
        {
            LoseLine($"describing the state: {Describe(exception)}");
        }
    }

    private void EndCase()
    {
        if (_differing > 1)
        {
            _differences[^1] = _differences[^1] with { FurtherInCase = _differing - 1 };
        }

        _differing = 0;
    }

    /// <summary>Reports a line whose effect is not known, and thereby the state that the rest of its case starts from.</summary>
    private void LoseLine(string problem)
    {
        Report(_phase == ReplayPhase.InCase ? $"{problem}; the rest of this case is not replayed" : problem);
        if (_phase is ReplayPhase.InCase or ReplayPhase.BeforeCase)
        {
            _phase = ReplayPhase.CaseDropped;
        }
    }

    private void Report(string message) => _errors.Add(new ReplayError(file, _lineNumber, message));

    private static string Describe(Exception exception) =>
        exception is FormatException ? OneLine(exception.Message) : $"{exception.GetType().FullName}: {OneLine(exception.Message)}";

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
