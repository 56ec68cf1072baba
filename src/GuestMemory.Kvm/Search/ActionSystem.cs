namespace GuestMemory.Kvm;

/// <summary>A small world as a system to be searched. Every invariant is checked over the whole machine after every step.</summary>
internal sealed class ActionSystem : IStepSystem
{
    private readonly ActionWorld _world;

    public ActionSystem(string name, ActionWorld world)
    {
        Name = name;
        _world = world;
        world.Machine.Observer = new InvariantChecker(CheckScope.Touched);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<StateProperty> Properties => _world.Properties;

    /// <inheritdoc/>
    public void FindSteps(List<uint> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        for (var action = 0; action < _world.Actions.Count; action++)
        {
            if (_world.Actions[action].CanRun())
            {
                steps.Add((uint)action);
            }
        }
    }

    /// <inheritdoc/>
    public StepAnswer Apply(uint step)
    {
        var outcome = _world.Actions[(int)step].Run();
        foreach (var vm in _world.Machine.VirtualMachines)
        {
            vm.Sequence.Renumber();
        }

        InvariantChecker.Sweep(_world.Machine);
        return outcome.IsSuccess ? StepAnswer.Done(ulong.MaxValue, outcome) : StepAnswer.Refused(outcome, ulong.MaxValue);
    }

    /// <inheritdoc/>
    public string Describe(uint step) => _world.Actions[(int)step].Words;

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer) => _world.WriteState(ref writer);

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader) => _world.ReadState(ref reader);
}
