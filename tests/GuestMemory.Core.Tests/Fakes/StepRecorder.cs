namespace GuestMemory.Tests;

/// <summary>Writes down every step a machine makes.</summary>
internal sealed class StepRecorder : IStepObserver
{
    private readonly List<StepEvent> _steps = [];

    /// <summary>What a machine says while something is done to it.</summary>
    public static StepEvent[] During(Machine machine, Action act)
    {
        var recorder = new StepRecorder();
        machine.Observer = recorder;
        act();
        machine.Observer = null;
        return [.. recorder._steps];
    }

    public void OnStep(Machine machine, in StepEvent step) => _steps.Add(step);
}
