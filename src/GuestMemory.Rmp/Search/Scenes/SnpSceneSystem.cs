namespace GuestMemory.Rmp;

/// <summary>A scene as a system of steps.</summary>
internal sealed class SnpSceneSystem : IScheduledSystem
{
    private static readonly string[] s_actors = [.. Enum.GetNames<SnpActor>()];
    private readonly SnpScene _scene;
    private readonly SnpSceneWorld _world;

    public SnpSceneSystem(SnpScene scene, RuleSwitches rules)
    {
        _scene = scene;
        _world = new(scene, rules);
        Properties =
        [
            new(
                "SNP-RIGHTS-GIVEN", "A privilege level reaches an address only by rights that a higher level gave it there.",
                PropertyKind.Always, () => !_world.HasUngivenRight),
            .. scene.Holding.Select(property => new StateProperty(property.Name, property.Says, PropertyKind.Always, () => property.Holds(_world))),
        ];
    }

    public string Name => "snp";

    public IReadOnlyList<StateProperty> Properties { get; }

    public IReadOnlyList<string> Actors => s_actors;

    public void FindSteps(List<uint> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        for (var move = 0; move < _scene.Moves.Count; move++)
        {
            if (_scene.Moves[move].IsOffered?.Invoke(_world) ?? true)
            {
                steps.Add((uint)move);
            }
        }
    }

    // What a refusal leaves behind (a guest that stops, corrected answers) is part of the state as well.
    public StepAnswer Apply(uint step)
    {
        var outcome = _scene.Moves[(int)step].Make(_world);
        if (_world.TakeRetry())
        {
            return StepAnswer.Retry(outcome: outcome);
        }

        return outcome.IsSuccess ? StepAnswer.Done(outcome: outcome) : StepAnswer.Refused(outcome, ulong.MaxValue);
    }

    public string Describe(uint step) => _scene.Moves[(int)step].Text;

    public int ActorOf(uint step) => (int)_scene.Moves[(int)step].Actor;

    public bool IsMidway(int actor) => _scene.IsMidway?.Invoke(_world, (SnpActor)actor) ?? false;

    public void WriteState(ref StateWriter writer) => _world.WriteState(ref writer);

    public void ReadState(ref StateReader reader) => _world.ReadState(ref reader);
}
