namespace GuestMemory.Kvm;

/// <summary>A VMM with a file for each region of its VM, until it lets go of the VM.</summary>
internal sealed class LetGoWorld : KvmWorld
{
    private const int LetGo = 7;
    private readonly int[] _files = new int[2];
    private readonly int _vcpu;
    private readonly bool _closesFiles;

    public LetGoWorld(StepSystemOptions options, KernelProfile profile)
        : base(options, profile)
    {
        _closesFiles = !options.Rules.IsOff(VmmRules.ClosesRegionFiles);
        _vcpu = Host.Descriptors.Find(new(OpenFileKind.Vcpu, Guest.Id.Value));
        for (var region = 0; region < _files.Length; region++)
        {
            AddRegion(region);
        }

        Add("let-go", IsHeld, Close);
        Always("let-go-is-destroyed", "A VM whose owner let go of it is destroyed.", () => IsHeld() || !AnyLive());
        Always("references-are-given-back", "What a call took a reference to it gives back.", () => Host.Descriptors.LostReferences.Count == 0);
    }

    private void AddRegion(int region)
    {
        _files[region] = SearchMachine.Done(Host.CreateGuestMemfd(Vm, 2 << 12, 0));
        var (id, page, file) = ((uint)region, region * 2, _files[region]);
        Call($"create-slot slot={id}", () => IsHeld() && IsFree(region), () => SetRegion(id, page, Memory, file));
        Call($"create-slot slot={id} offset=beyond", () => IsHeld() && IsFree(region), () => SetRegion(id, page, Memory, file, 1 << 12));
        Call($"delete-slot slot={id}", () => IsHeld() && !IsFree(region) && Remembered[region] == 0, () => Delete(id));
    }

    // Once each, so that the count of changes does not go on for ever.
    private KvmResult Delete(uint id)
    {
        Remembered[(int)id] = 1;
        return Host.SetUserMemoryRegion2(Vm, new(id, 0, 0, 0, 0));
    }

    private bool IsHeld() => Remembered[LetGo] == 0;

    private bool IsFree(int id) => Guest.Slots.FindById(id, 0) is null;

    private bool AnyLive()
    {
        foreach (var vm in Machine.VirtualMachines)
        {
            if (vm.IsLive)
            {
                return true;
            }
        }

        return false;
    }

    private Outcome Close()
    {
        Remembered[LetGo] = 1;
        foreach (var file in _closesFiles ? _files : [])
        {
            Host.Close(file);
        }

        Host.Close(_vcpu);
        return Host.Close(Vm).ToOutcome();
    }
}
