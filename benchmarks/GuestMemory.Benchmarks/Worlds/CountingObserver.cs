namespace GuestMemory.Benchmarks;

/// <summary>Counts steps.</summary>
internal sealed class CountingObserver : IStepObserver
{
    public long Steps { get; private set; }

    public void OnStep(Machine machine, in StepEvent step) => Steps++;
}
