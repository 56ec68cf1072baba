using GuestMemory.Kvm;

namespace GuestMemory.Benchmarks;

/// <summary>Random calls on a small machine: eight pages, converted, allocated, punched and touched from both sides.</summary>
internal sealed class RandomSteps
{
    private const uint Pages = 8;
    private readonly KvmWorld _world;
    private Xorshift _random = new(0x9e3779b97f4a7c15);

    public RandomSteps(IStepObserver? observer) => _world = new(Pages << 12, new() { Frames = 64, CachesTranslations = true }, observer);

    public Machine Machine => _world.Machine;

    /// <summary>Makes calls; each is one to about ten steps.</summary>
    public void Run(int calls)
    {
        for (var call = 0; call < calls; call++)
        {
            Call();
        }
    }

    private void Call()
    {
        var offset = (ulong)_random.Next(Pages) << 12;
        var length = ((ulong)_random.Next(2) + 1) << 12;
        length = Math.Min(length, _world.Size - offset);
        switch (_random.Next(16))
        {
            case 0 or 1:
                _world.Convert(offset, length, KvmWorld.Private);
                break;
            case 2 or 3:
                _world.Convert(offset, length, 0);
                break;
            case 4:
                _world.Allocate(offset, length);
                break;
            case 5:
                _world.Punch(offset, length);
                break;
            case 6:
                _world.Kvm.Madvise(_world.Shared + offset, length, MemoryAdvice.DontNeed, out _);
                break;
            case 7:
                _world.Kvm.Store(_world.Shared + offset + 8, 8, length);
                break;
            case 8:
                _world.Kvm.Load(_world.Shared + offset, 8, out _);
                break;
            case < 13:
                _world.Kvm.GuestLoad(_world.Vcpu, KvmWorld.Gpa + offset, 8);
                break;
            default:
                _world.Kvm.GuestStore(_world.Vcpu, KvmWorld.Gpa + offset, 8, length);
                break;
        }
    }
}
