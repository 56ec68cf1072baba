namespace GuestMemory.Testing.FsCheck.Tests.Fakes;

/// <summary>Makes a <see cref="ToySystem"/> without a bug, whatever it is asked for.</summary>
internal sealed class ToySource : IStepSystemSource
{
    public string Name => "toy";

    public string Says => "Three pages that two guests take, map and give back.";

    public IReadOnlyList<string> Scenarios => ["free"];

    public IReadOnlyList<Rule> Rules => [];

    public IReadOnlyList<KnownBug> Bugs => [];

    public IStepSystem Create(StepSystemOptions options) => new ToySystem();
}
