namespace GuestMemory.Kvm;

/// <summary>Guests without hardware whose vCPUs, VMM threads and kernel workers run at once: each step is one critical section as the kernel has them.</summary>
/// <remarks>
/// Locks are seen to by what can be done when: conversions, slot changes and the release of a file exclude each other, as do punches, binding and release;
/// a slot's deletion waits for the faults that found the slot, and no fault begins while it is out of use. Source: guest-memfd, fault, punch hole, binding, release.
/// </remarks>
internal sealed partial class ThreadSystem : IScheduledSystem
{
    private const ulong SharedStart = 0x1000_0000;
    private readonly Machine _machine;
    private readonly HostAddressSpace _process;
    private readonly ThreadGuest[] _guests;
    private readonly ThreadVcpu[] _vcpus;
    private readonly bool _moves;
    private readonly bool _unbindsDyingFile;
    private readonly int _pages;

    public ThreadSystem(string name, StepSystemOptions options, KernelProfile profile, bool moves)
    {
        Name = name;
        _moves = moves;
        _unbindsDyingFile = profile.UnbindsDyingFile;
        _pages = options.Pages;
        _machine = SearchMachine.Create(options.Rules, 2 + (ulong)(options.Guests * options.Pages), Enforcement.Observe);
        _process = _machine.CreateProcess();
        _guests = new ThreadGuest[options.Guests];
        for (var number = 0; number < _guests.Length; number++)
        {
            _guests[number] = CreateGuest(number);
        }

        _vcpus = new ThreadVcpu[options.Vcpus];
        for (var number = 0; number < _vcpus.Length; number++)
        {
            _vcpus[number] = new(_guests[number % _guests.Length]);
        }

        Actors = NamesOfActors();
        Properties =
        [
            new("private-reads-own", "What a guest reads from a private page is what it last wrote there, or zero.", PropertyKind.Always, () => !Any(CallBreach.PrivateRead)),
            new("private-stays-private", "Nothing written to a private page is read as shared memory.", PropertyKind.Always, () => !Any(CallBreach.PrivateLeak)),
            new("shared-stays-own", "Nobody reads another guest's bytes as shared memory.", PropertyKind.Always, () => !Any(CallBreach.SharedRead)),
            new("pin-holds", "The page a device pinned is the page the process has there, until the process lets go of it.", PropertyKind.Always, ArePinsHeld),
        ];
        _machine.Observer = new InvariantChecker(CheckScope.Touched);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<StateProperty> Properties { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Actors { get; }

    /// <inheritdoc/>
    public StepAnswer Apply(uint step)
    {
        var (operation, subject, page) = SearchStep.Of(step);
        var answer = (ThreadOperation)operation switch
        {
            ThreadOperation.Load => Access(subject, page, isWrite: false),
            ThreadOperation.Store => Access(subject, page, isWrite: true),
            ThreadOperation.Fault => _vcpus[subject].Step(),
            <= ThreadOperation.PunchOn => Work((ThreadOperation)operation, _guests[subject], page),
            <= ThreadOperation.Create => ChangeFiles((ThreadOperation)operation, _guests[subject]),
            _ => MovePages((ThreadOperation)operation, _guests[subject], page),
        };
        Renumber();
        return answer;
    }

    /// <inheritdoc/>
    public string Describe(uint step)
    {
        var (operation, subject, page) = SearchStep.Of(step);
        var guest = _guests[(ThreadOperation)operation <= ThreadOperation.Fault ? 0 : subject];
        return (ThreadOperation)operation switch
        {
            ThreadOperation.Load => $"load vcpu={subject} page={page}",
            ThreadOperation.Store => $"store vcpu={subject} page={page}",
            ThreadOperation.Fault => $"fault vcpu={subject} stage={_vcpus[subject].Stage}",
            ThreadOperation.ConvertOn => $"convert guest={subject} stage={StageOfConversion(guest.Converting)}",
            ThreadOperation.PunchOn => $"punch guest={subject} stage={(guest.Punching == 1 ? "Free" : "End")}",
            ThreadOperation.DeleteOn => $"delete-slot guest={subject} stage={(guest.Deleting == 1 ? "Unbind" : "Free")}",
            ThreadOperation.Convert => $"convert guest={subject} page={page} stage=Begin",
            ThreadOperation.Punch => $"punch guest={subject} page={page} stage=Begin",
            ThreadOperation.Delete => $"delete-slot guest={subject} stage=Invalidate",
            ThreadOperation.Create => $"create-slot guest={subject}",
            ThreadOperation.Close => $"close-file guest={subject}",
            ThreadOperation.Release => $"release-file guest={subject}",
            ThreadOperation.Open => $"open-file guest={subject}",
            _ => $"{((ThreadOperation)operation).ToString().ToLowerInvariant()} guest={subject} page={page}",
        };
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        _machine.WriteState(ref writer);
        foreach (var guest in _guests)
        {
            guest.WriteState(ref writer);
        }

        foreach (var vcpu in _vcpus)
        {
            vcpu.WriteState(ref writer);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _machine.ReadState(ref reader);
        foreach (var guest in _guests)
        {
            guest.ReadState(ref reader);
        }

        foreach (var vcpu in _vcpus)
        {
            vcpu.ReadState(ref reader);
        }
    }

    private static string StageOfConversion(int made) => made switch
    {
        1 => "Unmap",
        2 => "Flush",
        3 => "Store",
        _ => "End",
    };

    private ThreadGuest CreateGuest(int number)
    {
        var vm = _machine.CreateVm(SoftwareProtectedVm.Instance);
        var size = (ulong)_pages << 12;
        var shared = _machine.CreateStore(BackingProperties.Anonymous, size);
        var start = SharedStart + ((ulong)number << 8);
        _process.Map(new(new(start), (ulong)_pages), new(shared.Id, default, HostRights.Read | HostRights.Write, IsShared: false, Holder: -1, IsLocked: false));
        var guest = new ThreadGuest(_machine, vm, number, start, shared.Id);
        OpenFile(guest);
        CreateSlot(guest);
        return guest;
    }

    // Of a sample stays only whether it is still good, so that states do not differ by how much happened before.
    private void Renumber()
    {
        foreach (var vcpu in _vcpus)
        {
            vcpu.Renumber();
        }

        foreach (var guest in _guests)
        {
            guest.Vm.Sequence.Renumber();
        }
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
