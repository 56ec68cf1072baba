namespace GuestMemory.Tdx.Tests.Host;

/// <summary>Another processor that takes a lock once the host has made a call, and keeps it.</summary>
internal sealed class LockAfter(TdxModule module, TdxFunction function, HeldLock held) : IStepObserver
{
    private bool _isDone;

    public void OnStep(Machine machine, in StepEvent step)
    {
        if (!_isDone && step.Kind == StepKind.OwnershipStep && step.Detail == (ulong)function && step.Outcome.IsSuccess)
        {
            _isDone = true;
            module.Locks.Take(held, exclusive: true);
        }
    }
}
