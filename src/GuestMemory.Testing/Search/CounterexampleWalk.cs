namespace GuestMemory.Testing;

/// <summary>A system walked step by step, with what was said and broken on the way.</summary>
internal sealed class CounterexampleWalk
{
    private readonly StateProperty[] _properties;

    public CounterexampleWalk(IStepSystem system, IReadOnlyList<Func<IStepSystem, StateProperty>> properties)
    {
        System = system;
        _properties = PropertyChecks.Of(system, properties);
        LookAtProperties();
    }

    public IStepSystem System { get; }

    public List<CounterexampleStep> Steps { get; } = [];

    public (string Name, string Message)? Broken { get; private set; }

    /// <summary>Makes a step; answers whether something is broken now.</summary>
    public bool Make(uint step)
    {
        var text = System.Describe(step);
        var scheduled = System as IScheduledSystem;
        var actor = scheduled?.Actors[scheduled.ActorOf(step)];
        string answer;
        try
        {
            answer = System.Apply(step).ToString();
            LookAtProperties();
        }
        catch (ModelInvariantException broken)
        {
            Broken = (broken.Invariant, PropertyChecks.MessageOf(broken));
            answer = "";
        }
        catch (OutsideModelException outside)
        {
            answer = $"outside the model, {outside.Entry}";
        }

        Steps.Add(new(step, text, actor, Broken is { } found ? $"breaks {found.Name}" : answer));
        return Broken is not null;
    }

    /// <summary>The steps so far, when something is broken.</summary>
    public Counterexample? ToCounterexample() => Broken is { } broken ? new(System.Name, broken.Name, broken.Message, Steps) : null;

    private void LookAtProperties()
    {
        if (PropertyChecks.FirstBroken(_properties) is { } broken)
        {
            Broken = (broken.Name, broken.Says);
        }
    }
}
