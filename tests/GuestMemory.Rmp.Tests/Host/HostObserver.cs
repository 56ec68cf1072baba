namespace GuestMemory.Rmp.Tests.Host;

/// <summary>Core's checker; it forgives what follows from a host that warned and went on: pages given out while they are another guest's.</summary>
internal sealed class HostObserver(HostSequence world, CheckScope scope) : IStepObserver
{
    private readonly InvariantChecker _checker = new(scope);

    public void OnStep(Machine machine, in StepEvent step)
    {
        try
        {
            _checker.OnStep(machine, step);
        }
        catch (ModelInvariantException broken) when (broken.Invariant == MachineInvariants.OneOwner.Name && world.Host.Warnings > 0)
        {
            world.Reached.Add("owner of a page that was warned about");
        }
    }
}
