namespace GuestMemory.Benchmarks;

/// <summary>Three pages of a software-protected VM, converted, punched and written from both sides, as steps of a system.</summary>
internal sealed class KvmSteps : IStepSystem
{
    private const uint Pages = 3;
    private static readonly string[] Calls = ["CONVERT to=private", "CONVERT to=shared", "ALLOCATE", "PUNCH", "GUEST_STORE", "HOST_STORE"];
    private readonly KvmWorld _world = new(Pages << 12, new() { Frames = 32, CachesTranslations = true });

    public string Name => "kvm";

    public IReadOnlyList<StateProperty> Properties => [];

    public void FindSteps(List<uint> steps)
    {
        for (var step = 0u; step < Calls.Length * Pages; step++)
        {
            steps.Add(step);
        }
    }

    public StepAnswer Apply(uint step)
    {
        var offset = (ulong)(step % Pages) << 12;
        return (step / Pages) switch
        {
            0 => Answer(_world.Convert(offset, 4096, KvmWorld.Private)),
            1 => Answer(_world.Convert(offset, 4096, 0)),
            2 => Answer(_world.Allocate(offset, 4096)),
            3 => Answer(_world.Punch(offset, 4096)),
            4 => Answer(_world.Kvm.GuestStore(_world.Vcpu, KvmWorld.Gpa + offset, 8, 1).Reason == ExitReason.Hlt),
            _ => Answer(_world.Kvm.Store(_world.Shared + offset, 8, 2) == HostFault.None),
        };
    }

    public string Describe(uint step) => $"{Calls[step / Pages]} page={step % Pages}";

    public void WriteState(ref StateWriter writer) => _world.Machine.WriteState(ref writer);

    public void ReadState(ref StateReader reader) => _world.Machine.ReadState(ref reader);

    private static StepAnswer Answer(bool isDone) => isDone ? StepAnswer.Done() : StepAnswer.Refused(Outcome.Success with { Code = 1 });
}
