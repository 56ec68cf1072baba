namespace GuestMemory.Testing.FsCheck.Tests.Fakes;

/// <summary>A ladder: one step leads up, three lead down to the ground. Choosing blindly gets nowhere near the top.</summary>
internal sealed class LadderSystem : IStepSystem
{
    public const int Top = 24;
    private int _rung;

    public string Name => "ladder";

    public IReadOnlyList<StateProperty> Properties => [new("ladder-top", "the top is reached", PropertyKind.Never, () => _rung == Top)];

    public void FindSteps(List<uint> steps) => steps.AddRange([0, 1, 2, 3]);

    public StepAnswer Apply(uint step)
    {
        _rung = step == 3 ? _rung + 1 : 0;
        return StepAnswer.Done();
    }

    public string Describe(uint step) => step == 3 ? "UP" : $"FALL way={step}";

    public void WriteState(ref StateWriter writer) => writer.Int32(_rung);

    public void ReadState(ref StateReader reader) => _rung = reader.Int32();
}
