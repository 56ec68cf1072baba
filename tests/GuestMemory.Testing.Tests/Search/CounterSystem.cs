namespace GuestMemory.Testing.Tests.Search;

/// <summary>Two threads that each read a counter and write back one more: an update is lost only when one interrupts the other midway.</summary>
internal sealed class CounterSystem(int rounds) : IScheduledSystem
{
    private readonly byte[] _read = [Idle, Idle];
    private readonly byte[] _done = [0, 0];
    private byte _counter;
    private const byte Idle = 255;

    public string Name => "counter";

    public IReadOnlyList<string> Actors { get; } = ["left", "right"];

    public IReadOnlyList<StateProperty> Properties => [new("counted", "Nobody is midway and every round was counted.", PropertyKind.Always, IsCounted)];

    public int ActorOf(uint step) => (int)step & 1;

    public bool IsMidway(int actor) => _read[actor] != Idle;

    public void FindSteps(List<uint> steps)
    {
        for (var actor = 0U; actor < 2; actor++)
        {
            if (_read[actor] != Idle || _done[actor] < rounds)
            {
                steps.Add(actor);
            }
        }
    }

    public StepAnswer Apply(uint step)
    {
        if (_read[step] == Idle)
        {
            _read[step] = _counter;
        }
        else
        {
            _counter = (byte)(_read[step] + 1);
            _read[step] = Idle;
            _done[step]++;
        }

        return StepAnswer.Done();
    }

    public string Describe(uint step) => _read[step] == Idle ? "read" : $"write value={_read[step] + 1}";

    public void WriteState(ref StateWriter writer)
    {
        writer.Byte(_counter);
        foreach (var value in _read.Concat(_done))
        {
            writer.Byte(value);
        }
    }

    public void ReadState(ref StateReader reader)
    {
        _counter = reader.Byte();
        (_read[0], _read[1]) = (reader.Byte(), reader.Byte());
        (_done[0], _done[1]) = (reader.Byte(), reader.Byte());
    }

    private bool IsCounted() => _read[0] != Idle || _read[1] != Idle || _counter == _done[0] + _done[1];
}
