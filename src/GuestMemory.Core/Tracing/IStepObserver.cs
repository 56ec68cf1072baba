namespace GuestMemory;

/// <summary>Hears of every step a machine makes: the logger, a trace writer, the invariant checker.</summary>
public interface IStepObserver
{
    /// <summary>A step was made; the machine is in the state after it.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="step">The step.</param>
    void OnStep(Machine machine, in StepEvent step);
}
