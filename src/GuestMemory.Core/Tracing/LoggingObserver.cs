using Microsoft.Extensions.Logging;

namespace GuestMemory;

/// <summary>Logs every step; the event id is the number of its <see cref="StepKind"/>.</summary>
/// <remarks>
/// No string is built, and nothing allocated, for a step whose level is off. Whoever wants a log hands this to <see cref="MachineFactory.Create"/>:
/// the model creates no logger. As thread-safe as the logger.
/// </remarks>
public sealed partial class LoggingObserver : IStepObserver
{
    private readonly ILogger _logger;

    /// <summary>Creates the observer.</summary>
    /// <param name="logger">Where to log.</param>
    public LoggingObserver(ILogger<Machine> logger)
    {
        ArgumentNullException.ThrowIfNull(logger);
        _logger = logger;
    }

    /// <summary>The level of a step: warning for what breaks or would have broken the one rule, debug for everything else.</summary>
    /// <param name="machine">The machine, after the step.</param>
    /// <param name="step">The step.</param>
    /// <returns>Warning when unmap-before-convert refused the step, when an unmap or flush failed or its guest is dead, when a page broke, and when frames are leaked.</returns>
    public static LogLevel LevelOf(Machine machine, in StepEvent step)
    {
        ArgumentNullException.ThrowIfNull(machine);
        var isWarning = ReferenceEquals(step.Outcome.DecidedBy, CoreRules.UnmapBeforeConvert) || step.Kind switch
        {
            StepKind.Zapped => !step.Outcome.IsSuccess || machine.VirtualMachine(step.Guest).IsDead,
            StepKind.PagePoisoned or StepKind.FramesLeaked => true,
            _ => false,
        };
        return isWarning ? LogLevel.Warning : LogLevel.Debug;
    }

    /// <inheritdoc/>
    public void OnStep(Machine machine, in StepEvent step)
    {
        var level = LevelOf(machine, step);
        if (_logger.IsEnabled(level))
        {
            Write(_logger, level, step);
        }
    }
}
