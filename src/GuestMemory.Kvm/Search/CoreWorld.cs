namespace GuestMemory.Kvm;

/// <summary>A small world of Core's own steps: one process, and software-protected VMs.</summary>
internal abstract class CoreWorld : ActionWorld
{
    /// <summary>First process page of shared memory.</summary>
    protected const ulong SharedPage = 0x1000;

    /// <summary>What the first guest writes to private pages; the next one more, and so on.</summary>
    protected const ulong PrivateToken = 0x10;

    /// <summary>What guests and host write to shared pages.</summary>
    protected const ulong SharedToken = 0x20;

    protected CoreWorld(RuleSwitches rules, ulong frames, Enforcement enforcement = Enforcement.Observe)
    {
        Machine = SearchMachine.Create(rules, frames, enforcement);
        Process = Machine.CreateProcess();
    }

    /// <inheritdoc/>
    public override Machine Machine { get; }

    /// <summary>The VMM's addresses.</summary>
    protected HostAddressSpace Process { get; }

    /// <summary>Guest frame of a page.</summary>
    protected static Gfn Gfn(int page) => CallGuest.Gfn(page);

    /// <summary>A VM.</summary>
    protected VirtualMachine CreateVm() => Machine.CreateVm(SoftwareProtectedVm.Instance);

    /// <summary>A VM's file over a new store of private pages.</summary>
    protected BackingFile CreateFile(VirtualMachine vm, int pages) =>
        Machine.OpenFile(vm.Id, Machine.CreateStore(BackingProperties.GuestMemfd, (ulong)pages << 12, PageKind.Private));

    /// <summary>Anonymous memory of the process.</summary>
    protected void MapAnonymous(int pages)
    {
        var store = Machine.CreateStore(BackingProperties.Anonymous, (ulong)pages << 12);
        Process.Map(new(new(SharedPage), (ulong)pages), new(store.Id, default, HostRights.Read | HostRights.Write, IsShared: false, Holder: -1, IsLocked: false));
    }

    /// <summary>A slot from a page on; over a file from its first page on, when there is one.</summary>
    protected Memslot CreateSlot(VirtualMachine vm, int id, int page, int pages, BackingFile? file, bool servesShared = false)
    {
        var flags = file is null ? MemslotFlags.None : MemslotFlags.GuestMemfd;
        var layout = new MemslotLayout(id, 0, new(Gfn(page), (ulong)pages), flags, Process.Id.Number, SharedPage + (ulong)page, file?.Id ?? -1, default, servesShared);
        var added = vm.AddSlot(layout, out var slot);
        return added.IsSuccess ? slot : throw new InvalidOperationException($"The system cannot be built: {added}.");
    }

    /// <summary>A page gets its other kind.</summary>
    protected static Outcome Convert(VirtualMachine vm, int page) =>
        vm.SetAttributes(new(Gfn(page), 1), IsPrivate(vm, page) ? MemoryAttributes.None : MemoryAttributes.Private);

    /// <summary>Whether a page's attribute is private.</summary>
    protected static bool IsPrivate(VirtualMachine vm, int page) => vm.Attributes.KindOf(Gfn(page)) == PageKind.Private;

    /// <summary>A vCPU touches a page: by a translation, or by a fault and then by it.</summary>
    protected static Outcome Access(VirtualMachine vm, int page, bool isWrite, ref ulong value)
    {
        var gfn = Gfn(page);
        if (!vm.TryTranslate(0, gfn, isWrite, out var translation))
        {
            var fault = new GuestFault(vm, gfn, isWrite, vm.Attributes.KindOf(gfn));
            var verdict = fault.Run();
            if (verdict != FaultVerdict.Mapped || !vm.TryTranslate(0, gfn, isWrite, out translation))
            {
                return new(Lane.Exit, (ulong)verdict, 0, fault.Detail.DecidedBy);
            }
        }

        var at = new Gpa(gfn.Value << 12);
        return isWrite ? vm.Write(0, at, 8, translation, value) : vm.Read(0, at, 8, translation, out value);
    }

    /// <summary>Adds a guest's loads and stores, and its VMM's conversions, of a page. What it wrote privately is remembered.</summary>
    protected void AddGuest(VirtualMachine vm, int number, int page, int remembered)
    {
        Add($"convert guest={number} page={page}", () => Convert(vm, page));
        Add($"guest-load guest={number} page={page}", () => Load(vm, number, page, remembered));
        Add($"guest-store guest={number} page={page}", () => Store(vm, number, page, remembered));
    }

    private Outcome Store(VirtualMachine vm, int number, int page, int remembered)
    {
        var isPrivate = IsPrivate(vm, page);
        var token = isPrivate ? PrivateToken + (ulong)number : SharedToken;
        var outcome = Access(vm, page, isWrite: true, ref token);
        Remembered[remembered] = outcome.IsSuccess && isPrivate ? (byte)token : Remembered[remembered];
        return outcome;
    }

    private Outcome Load(VirtualMachine vm, int number, int page, int remembered)
    {
        var value = 0UL;
        var outcome = Access(vm, page, isWrite: false, ref value);
        if (outcome.IsSuccess && IsPrivate(vm, page))
        {
            Breach |= value == Remembered[remembered] ? CallBreach.None : CallBreach.PrivateRead;
        }
        else if (outcome.IsSuccess)
        {
            Breach |= value is 0 or SharedToken ? CallBreach.None : CallBreach.PrivateLeak;
        }

        return outcome;
    }
}
