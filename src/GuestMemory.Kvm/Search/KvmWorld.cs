namespace GuestMemory.Kvm;

/// <summary>A small world of system calls: a VM of the private kind on one host.</summary>
internal abstract class KvmWorld : ActionWorld
{
    /// <summary>What the guest writes to private pages.</summary>
    protected const ulong PrivateToken = 0x10;

    /// <summary>What the guest writes to shared pages.</summary>
    protected const ulong SharedToken = 0x20;

    protected KvmWorld(StepSystemOptions options, KernelProfile profile)
    {
        Host = new(SearchMachine.Create(options.Rules, 10, Enforcement.Observe), profile);
        Vm = CreateVm();
        Memory = Host.MapAnonymous(4 << 12).Value;
    }

    /// <inheritdoc/>
    public override Machine Machine => Host.Machine;

    /// <summary>The host.</summary>
    protected KvmHost Host { get; }

    /// <summary>The VM's descriptor.</summary>
    protected int Vm { get; }

    /// <summary>The VM.</summary>
    protected VirtualMachine Guest => Host.VmOf(Vm)!;

    /// <summary>First address of 4 pages of anonymous memory.</summary>
    protected ulong Memory { get; }

    /// <inheritdoc/>
    public override void WriteState(ref StateWriter writer)
    {
        Host.WriteState(ref writer);
        WriteMemory(ref writer);
    }

    /// <inheritdoc/>
    public override void ReadState(ref StateReader reader)
    {
        Host.ReadState(ref reader);
        ReadMemory(ref reader);
    }

    /// <summary>Whether one page stands behind both kinds, so that what was written shared is read privately after a conversion.</summary>
    protected virtual bool IsInPlace => false;

    /// <summary>A VM with its vCPU.</summary>
    protected int CreateVm()
    {
        var vm = SearchMachine.Done(Host.CreateVm(SoftwareProtectedVm.Instance.VmType));
        SearchMachine.Done(Host.CreateVcpu(vm));
        return vm;
    }

    /// <summary>A slot of two pages; over a file, when there is one.</summary>
    protected KvmResult SetRegion(uint id, int page, ulong userspace, int file = -1, ulong offset = 0) => Host.SetUserMemoryRegion2(
        Vm, new(id, file >= 0 ? MemoryRegion.HasGuestMemfd : 0, CallGuest.At + ((ulong)page << 12), 2 << 12, userspace, offset, file));

    /// <summary>Adds a call.</summary>
    protected void Call(string words, Func<KvmResult> call) => Add(words, () => call().ToOutcome());

    /// <summary>Adds a call that is worth making at times.</summary>
    protected void Call(string words, Func<bool> canRun, Func<KvmResult> call) => Add(words, canRun, () => call().ToOutcome());

    /// <summary>Adds the guest's loads and stores, and the VMM's conversions, of a page. What it wrote privately is remembered.</summary>
    protected void AddGuest(int page)
    {
        var at = CallGuest.At + ((ulong)page << 12);
        Call($"convert page={page}", () => Host.SetMemoryAttributes(Vm, at, 0x1000, IsPrivate(page) ? 0UL : (ulong)MemoryAttributes.Private));
        Add($"guest-load page={page}", () => Load(page, at));
        Add($"guest-store page={page}", () => Store(page, at));
    }

    /// <summary>Whether a page's attribute is private.</summary>
    protected bool IsPrivate(int page) => (Guest.Attributes[CallGuest.Gfn(page)] & MemoryAttributes.Private) != 0;

    /// <summary>The host read something.</summary>
    protected void SeenByHost(ulong value) => Breach |= value == PrivateToken ? CallBreach.PrivateLeak : CallBreach.None;

    private Outcome Store(int page, ulong at)
    {
        var isPrivate = IsPrivate(page);
        var exit = Host.RunVcpu(Guest, 0, at, isWrite: true, isPrivate ? PrivateToken : SharedToken);
        Remembered[page] = exit.Reason == ExitReason.Hlt && (isPrivate || IsInPlace) ? (byte)(isPrivate ? PrivateToken : SharedToken) : Remembered[page];
        return OutcomeOf(exit);
    }

    private Outcome Load(int page, ulong at)
    {
        var exit = Host.RunVcpu(Guest, 0, at, isWrite: false, 0);
        if (exit.Reason == ExitReason.Hlt && IsPrivate(page))
        {
            Breach |= exit.Value == Remembered[page] ? CallBreach.None : CallBreach.PrivateRead;
        }

        return OutcomeOf(exit);
    }

    private static Outcome OutcomeOf(in VcpuExit exit) =>
        exit.Reason == ExitReason.Hlt ? Outcome.Success : new(Lane.Exit, (ulong)exit.Reason, (ulong)exit.Errno, exit.DecidedBy);
}
