namespace GuestMemory.Testing.Tests.Search;

/// <summary>A page that a guest touches: it faults until the host maps it, which a host that forgot about it never does. While the host is midway, faulting again is no livelock.</summary>
internal sealed class SpinningSystem(bool hostComes) : IScheduledSystem
{
    private byte _host;
    private byte _faults;

    public string Name => "spinning";

    public IReadOnlyList<string> Actors { get; } = ["guest", "host"];

    public IReadOnlyList<StateProperty> Properties => [];

    public int ActorOf(uint step) => step < 2 ? 0 : 1;

    public bool IsMidway(int actor) => actor == 1 && _host == 1;

    public void FindSteps(List<uint> steps)
    {
        if (_host < 2)
        {
            steps.Add(_faults == 1 ? 1U : 0U);
        }

        if (hostComes && _host < 2)
        {
            steps.Add(2);
        }
    }

    // Two different attempts, so that the circle has two steps.
    public StepAnswer Apply(uint step)
    {
        if (step == 2)
        {
            _host++;
            return StepAnswer.Done();
        }

        _faults = (byte)(1 - _faults);
        return StepAnswer.Retry();
    }

    public string Describe(uint step) => step switch { 0 => "fault", 1 => "fault again", _ => "map" };

    public void WriteState(ref StateWriter writer)
    {
        writer.Byte(_host);
        writer.Byte(_faults);
    }

    public void ReadState(ref StateReader reader) => (_host, _faults) = (reader.Byte(), reader.Byte());
}
