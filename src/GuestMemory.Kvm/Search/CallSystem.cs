namespace GuestMemory.Kvm;

/// <summary>Guests without hardware on one Linux host, each step one whole call or access. Made to be searched fast.</summary>
/// <remarks>
/// What no step changes (descriptors, slots, areas, bindings) is no part of the state; neither is how many invalidations there have been, as no
/// fault is on its way between two calls. There are fewer frames than pages, so that they pass from guest to guest.
/// </remarks>
internal sealed partial class CallSystem : ISymmetricSystem, IPartedState
{
    private const ulong HostToken = 0x30;
    private readonly KvmHost _kvm;
    private readonly CallGuest[] _guests;
    private readonly int _pages;
    private readonly int _vcpus;

    public CallSystem(string name, StepSystemOptions options, KernelProfile profile)
    {
        Name = name;
        _pages = options.Pages;
        _vcpus = options.Vcpus;
        var frames = 1 + (ulong)(options.Guests * options.Pages) + 1;
        var machine = SearchMachine.Create(options.Rules, frames, Enforcement.Observe);
        _kvm = new(machine, profile);
        _guests = new CallGuest[options.Guests];
        for (var guest = 0; guest < options.Guests; guest++)
        {
            _guests[guest] = CreateGuest(guest);
        }

        machine.Observer = new InvariantChecker(CheckScope.Touched);
        Properties =
        [
            new("private-reads-own", "What a guest reads from a private page is what it last wrote there, or zero.", PropertyKind.Always, () => !Any(CallBreach.PrivateRead)),
            new("private-stays-private", "Nothing written to a private page is read through shared memory.", PropertyKind.Always, () => !Any(CallBreach.PrivateLeak)),
            new("shared-stays-own", "Nobody reads another guest's bytes through shared memory.", PropertyKind.Always, () => !Any(CallBreach.SharedRead)),
        ];
        Groups = [AreGuestsAlike ? _guests.Length : 1, _pages, VcpusAlike];
    }

    /// <summary>The host, for tests.</summary>
    internal KvmHost Host => _kvm;

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<StateProperty> Properties { get; }

    /// <inheritdoc/>
    public void FindSteps(List<uint> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        for (var guest = 0; guest < _guests.Length; guest++)
        {
            for (var page = 0; page < _pages; page++)
            {
                Add(steps, CallOperation.Convert, guest, page);
                Add(steps, CallOperation.Punch, guest, page);
                Add(steps, CallOperation.Allocate, guest, page);
                Add(steps, CallOperation.HostLoad, guest, page);
                Add(steps, CallOperation.HostStore, guest, page);
                Add(steps, CallOperation.Discard, guest, page);
            }
        }

        for (var vcpu = 0; vcpu < _vcpus; vcpu++)
        {
            for (var page = 0; page < _pages; page++)
            {
                Add(steps, CallOperation.GuestLoad, vcpu, page);
                Add(steps, CallOperation.GuestStore, vcpu, page);
            }
        }
    }

    /// <inheritdoc/>
    public StepAnswer Apply(uint step)
    {
        var (operation, subject, page) = SearchStep.Of(step);
        var isAccess = (CallOperation)operation is CallOperation.GuestLoad or CallOperation.GuestStore;
        var guest = isAccess ? subject % _guests.Length : subject;
        var answer = (CallOperation)operation switch
        {
            CallOperation.Convert => Convert(guest, page),
            CallOperation.Punch => Punch(guest, page),
            CallOperation.Allocate => Allocate(guest, page),
            CallOperation.GuestLoad => Access(guest, subject, page, isWrite: false),
            CallOperation.GuestStore => Access(guest, subject, page, isWrite: true),
            CallOperation.HostLoad => HostLoad(guest, page),
            CallOperation.HostStore => HostStore(guest, page),
            _ => Discard(guest, page),
        };
        _guests[guest].Vm.Sequence.Renumber();
        return answer;
    }

    /// <inheritdoc/>
    public string Describe(uint step)
    {
        var (operation, subject, page) = SearchStep.Of(step);
        return (CallOperation)operation switch
        {
            CallOperation.Convert => $"convert guest={subject} page={page}",
            CallOperation.Punch => $"punch guest={subject} page={page}",
            CallOperation.Allocate => $"allocate guest={subject} page={page}",
            CallOperation.GuestLoad => $"guest-load vcpu={subject} page={page}",
            CallOperation.GuestStore => $"guest-store vcpu={subject} page={page}",
            CallOperation.HostLoad => $"host-load guest={subject} page={page}",
            CallOperation.HostStore => $"host-store guest={subject} page={page}",
            _ => $"discard guest={subject} page={page}",
        };
    }

    private static void Add(List<uint> steps, CallOperation operation, int subject, int page) =>
        steps.Add(new SearchStep((byte)operation, (byte)subject, (byte)page).Number);

    private CallGuest CreateGuest(int number)
    {
        var size = (ulong)_pages << 12;
        var vm = SearchMachine.Done(_kvm.CreateVm(SoftwareProtectedVm.Instance.VmType));
        SearchMachine.Done(_kvm.CreateVcpu(vm));
        var file = SearchMachine.Done(_kvm.CreateGuestMemfd(vm, size, 0));
        var memory = _kvm.MapAnonymous(size).Value;
        SearchMachine.Done(_kvm.SetUserMemoryRegion2(vm, new(0, MemoryRegion.HasGuestMemfd, CallGuest.At, size, memory, 0, file)));
        return new(_kvm, number, vm, file, memory);
    }

    private bool Any(CallBreach breach)
    {
        foreach (var guest in _guests)
        {
            if ((guest.Breach & breach) != 0)
            {
                return true;
            }
        }

        return false;
    }
}
