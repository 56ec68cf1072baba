namespace GuestMemory.Tdx.Tests.Host;

/// <summary>The host's calls to the module, in order; rewritten pages are none. Everything is checked on the way.</summary>
internal sealed class CallLog : IStepObserver
{
    private const ulong Clear = 0xffff;
    private readonly InvariantChecker _checker = new(CheckScope.Everything);

    public List<TdxFunction> Functions { get; } = [];

    public void OnStep(Machine machine, in StepEvent step)
    {
        if (step.Kind == StepKind.OwnershipStep && step.Detail != Clear)
        {
            Functions.Add((TdxFunction)step.Detail);
        }

        _checker.OnStep(machine, step);
    }
}
