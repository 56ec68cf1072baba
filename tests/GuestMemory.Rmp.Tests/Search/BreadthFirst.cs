using System.Security.Cryptography;

namespace GuestMemory.Rmp.Tests.Search;

/// <summary>A plain breadth-first search: every state's bytes are kept, and each step starts from a state restored whole.</summary>
internal sealed class BreadthFirst
{
    private readonly IStepSystem _system;
    private readonly HashSet<UInt128> _seen = [];
    private readonly List<(byte[] State, int From, uint Step)> _states = [];
    private readonly HashSet<Rule> _refusals = [];
    private byte[] _buffer = [];
    private int _transitions;

    private BreadthFirst(IStepSystem system) => _system = system;

    public static Found Search(IStepSystem system, int depth, int mostTransitions) => new BreadthFirst(system).Run(depth, mostTransitions);

    private Found Run(int depth, int mostTransitions)
    {
        Visit(-1, 0);
        if (BrokenProperty() is { } atOnce)
        {
            return End(atOnce, -1, null);
        }

        var (at, levelEnd) = (0, 1);
        var steps = new List<uint>();
        for (var level = 0; level < depth && at < levelEnd; level++, levelEnd = _states.Count)
        {
            for (; at < levelEnd; at++)
            {
                Restore(at);
                steps.Clear();
                _system.FindSteps(steps);
                foreach (var step in steps)
                {
                    if (_transitions++ >= mostTransitions)
                    {
                        return End(null, -1, null);
                    }

                    Restore(at);
                    if (Make(at, step) is { } broken)
                    {
                        return End(broken, at, step);
                    }
                }
            }
        }

        return End(null, -1, null);
    }

    private string? Make(int from, uint step)
    {
        try
        {
            var answer = _system.Apply(step);
            if (answer is { Verdict: StepVerdict.Refused, Outcome.DecidedBy: { } rule })
            {
                _refusals.Add(rule);
            }
        }
        catch (ModelInvariantException broken)
        {
            return broken.Invariant;
        }

        Visit(from, step);
        return BrokenProperty();
    }

    private string? BrokenProperty() => _system.Properties.FirstOrDefault(property =>
        (property.Kind == PropertyKind.Always && !property.Holds()) || (property.Kind == PropertyKind.Never && property.Holds()))?.Name;

    private void Visit(int from, uint step)
    {
        var writer = new StateWriter(_buffer);
        _system.WriteState(ref writer);
        _buffer = writer.Buffer;
        if (_seen.Add(System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(writer.Written))))
        {
            _states.Add((writer.Written.ToArray(), from, step));
        }
    }

    private void Restore(int state) => StateReader.ReadWhole(_states[state].State, _system);

    private Found End(string? broken, int from, uint? last)
    {
        var steps = new List<string>();
        if (last is { } step)
        {
            steps.Add(_system.Describe(step));
        }

        for (var at = from; at > 0; at = _states[at].From)
        {
            steps.Insert(0, _system.Describe(_states[at].Step));
        }

        return new(broken, steps, _states.Count, _transitions, _refusals);
    }
}
