namespace GuestMemory.Testing;

/// <summary>A scheduled system's state with one part more: who is midway, and how often actors were interrupted so far.</summary>
internal sealed class ScheduledParts : IPartedState
{
    private const byte Nobody = byte.MaxValue;
    private readonly IScheduledSystem _system;
    private readonly IPartedState _parts;
    private readonly int _bound;
    private byte _last = Nobody;
    private byte _preemptions;
    private bool _lastCanGoOn;
    private byte _before;

    public ScheduledParts(IScheduledSystem system, IPartedState parts, int bound)
    {
        if (parts.Parts == 64 || system.Actors.Count >= Nobody)
        {
            throw new ArgumentException($"A system to be scheduled has at most 63 parts and 254 actors; {system.Name} has {parts.Parts} and {system.Actors.Count}.");
        }

        (_system, _parts, _bound) = (system, parts, bound);
    }

    public int Parts => _parts.Parts + 1;

    /// <summary>The bit of the part that is added.</summary>
    public ulong OwnPart => 1UL << _parts.Parts;

    /// <summary>Takes in the steps a state offers.</summary>
    public void Consider(List<uint> steps)
    {
        _before = _preemptions;
        _lastCanGoOn = false;
        for (var at = 0; at < steps.Count && _last != Nobody && !_lastCanGoOn; at++)
        {
            _lastCanGoOn = _system.ActorOf(steps[at]) == _last;
        }
    }

    /// <summary>Whether the bound leaves room for a step of some cost.</summary>
    public bool Allows(int cost) => _before + cost <= _bound;

    /// <summary>A step was made; where its actor is not midway, changing over to another is no preemption.</summary>
    /// <param name="step">The step.</param>
    /// <param name="cost">What <see cref="CostOf"/> said before it.</param>
    public void Made(uint step, int cost)
    {
        var actor = _system.ActorOf(step);
        _preemptions = (byte)(_before + cost);
        _last = _system.IsMidway(actor) ? (byte)actor : Nobody;
    }

    /// <summary>1 when a step would interrupt somebody who could go on, else 0.</summary>
    public int CostOf(uint step) => _last != Nobody && _lastCanGoOn && _system.ActorOf(step) != _last ? 1 : 0;

    public void WriteState(ref StateWriter writer) => _system.WriteState(ref writer);

    public void ReadState(ref StateReader reader) => _system.ReadState(ref reader);

    public void WritePart(int part, ref StateWriter writer)
    {
        if (part < _parts.Parts)
        {
            _parts.WritePart(part, ref writer);
            return;
        }

        writer.Byte(_last);
        writer.Byte(_preemptions);
    }

    public void ReadPart(int part, ref StateReader reader)
    {
        if (part < _parts.Parts)
        {
            _parts.ReadPart(part, ref reader);
            return;
        }

        _last = reader.Byte();
        _preemptions = reader.Byte();
    }

    public void PartsRead(ulong parts)
    {
        if ((parts & ~OwnPart) != 0)
        {
            _parts.PartsRead(parts & ~OwnPart);
        }
    }
}
