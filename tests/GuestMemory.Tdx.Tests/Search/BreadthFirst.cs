namespace GuestMemory.Tdx.Tests.Search;

/// <summary>A plain breadth-first search: every state once, shortest paths first.</summary>
internal sealed class BreadthFirst
{
    private readonly IStepSystem _system;
    private readonly HashSet<UInt128> _seen = [];
    private readonly List<(byte[] State, int From, uint Step, int Depth)> _states = [];
    private byte[] _buffer = new byte[1024];

    public BreadthFirst(IStepSystem system) => _system = system;

    /// <summary>Which rules refused, and at which depth first.</summary>
    public Dictionary<string, int> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>What broke; <see langword="null"/> for nothing within the bounds.</summary>
    public string? Broken { get; private set; }

    /// <summary>The steps to it, in words.</summary>
    public IReadOnlyList<string> Path { get; private set; } = [];

    public int States => _states.Count;

    public int Transitions { get; private set; }

    /// <summary>Whether every state that can be reached was.</summary>
    public bool IsComplete { get; private set; }

    public BreadthFirst Run(int depth, int states)
    {
        var steps = new List<uint>();
        Keep(-1, 0, 0);
        for (var index = 0; index < _states.Count && Broken is null; index++)
        {
            if (_states[index].Depth == depth || _states.Count >= states)
            {
                return this;
            }

            steps.Clear();
            StateReader.ReadWhole(_states[index].State, _system);
            _system.FindSteps(steps);
            Expand(index, steps);
        }

        IsComplete = Broken is null;
        return this;
    }

    private void Expand(int index, List<uint> steps)
    {
        var (state, _, _, depth) = _states[index];
        foreach (var step in steps)
        {
            StateReader.ReadWhole(state, _system);
            Transitions++;
            try
            {
                var answer = _system.Apply(step);
                if (answer.Outcome.DecidedBy is { } rule)
                {
                    Refused.TryAdd(rule.Id, depth + 1);
                }
            }
            catch (ModelInvariantException broken)
            {
                (Broken, Path) = (broken.Invariant, PathTo(index, step));
                return;
            }
            catch (OutsideModelException)
            {
                continue;
            }

            Keep(index, step, depth + 1);
        }
    }

    private void Keep(int from, uint step, int depth)
    {
        var writer = new StateWriter(_buffer);
        _system.WriteState(ref writer);
        _buffer = writer.Buffer;
        if (_seen.Add(System.IO.Hashing.XxHash128.HashToUInt128(writer.Written)))
        {
            _states.Add((writer.Written.ToArray(), from, step, depth));
        }
    }

    private List<string> PathTo(int index, uint step)
    {
        var path = new List<string> { _system.Describe(step) };
        for (; _states[index].From >= 0; index = _states[index].From)
        {
            path.Insert(0, _system.Describe(_states[index].Step));
        }

        return path;
    }
}
