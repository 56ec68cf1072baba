using GuestMemory.Kvm;
using GuestMemory.Tdx.Tests.Sequences;
using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>One host, two TDs and a VM that software protects; random steps over the kernel's face and beside it, all from a seed.</summary>
internal sealed partial class TdxHostSequence
{
    public const ulong At = 0x4000_0000;
    private const ulong Page = 0x1000;
    private const ulong Private = (ulong)MemoryAttributes.Private;
    private const ulong Word = 0x800;
    private readonly TdxHostVm[] _vms;
    private readonly ulong[] _pages;
    private readonly ulong _slot;
    private readonly Chances _chances;
    private readonly Xorshift _choices;
    private readonly TdxHostBooks _books = new();
    private readonly TdxHostSetup _setup;
    private readonly List<PfnRange> _squeezed = [];

    public TdxHostSequence(TdxHostSetup setup, ulong seed, bool isChecked = true)
    {
        (_setup, _choices) = (setup, new(seed));
        _slot = setup.Order == 0 ? 4UL : 1024;
        _pages = setup.Order == 0 ? [0, 1, 2, 3] : [0, 1, 7, 511, 512, 513];
        var machine = new MachineFactory(
            new() { Frames = setup.Frames, CachesTranslations = setup.Caches, OwnershipTable = made => new PamtOwnershipTable(made, setup.Options) },
            [SoftwareProtectedVm.Instance, TdxVm.Instance]).Create();
        Kvm = new(machine, host: new() { VmTypes = 0x22, GuestMemfdLargestOrder = setup.Order });
        InUse = machine.Frames.CountOf(FrameState.InUse);
        if (isChecked)
        {
            machine.Observer = new InvariantChecker(setup.Scope);
            TdxChecker.Attach(Host.Module, TdxCheckerOptions.Strict with { Scope = setup.Scope });
        }

        Host.VcpusKicked = _ => ReleaseAtKick();
        _vms = [.. new ulong[] { 5, 5, 1 }.Select((type, number) => new TdxHostVm { Number = number, Type = type, Memory = KvmTdx.Done(Kvm.MapAnonymous(_slot * Page)) })];
        _chances = new(
            (30, Load), (30, Store), (25, Accept), (12, Convert), (8, AskMapGpa), (10, AnswerMapGpa), (8, Punch), (3, Allocate), (8, HostStore), (8, HostLoad), (4, Discard),
            (2, DeleteSlot), (4, CreateSlot), (5, PreFault), (3, Command), (8, Launch), (1, CloseFile), (1, CloseVm), (12, Recreate), (3, HoldLock), (3, Interrupt), (4, Move),
            (8, Resize), (2, Break), (5, Squeeze));
        Array.ForEach(_vms, Create);
        LaunchOf(_vms[0]);
    }

    public KvmHost Kvm { get; }

    public ulong InUse { get; }

    public HashSet<string> Reached { get; } = [];

    public Machine Machine => Kvm.Machine;

    public TdxHost Host => ((PamtOwnershipTable)Machine.Ownership).Host;

    private TdxModule Module => Host.Module;

    /// <summary>One step; a lock held before may be let go.</summary>
    public void Step()
    {
        _chances.Choose(_choices)();
        if (Module.Locks.Any && _choices.OnceIn(2))
        {
            ReleaseLocks();
        }

        if (_squeezed.Count > 0 && _choices.OnceIn(4))
        {
            Loosen();
        }
    }

    /// <summary>A step, then everything that has to hold.</summary>
    public void Check()
    {
        Step();
        AssertSound();
    }

    /// <summary>Everything is closed and unmapped; other processors let go.</summary>
    public void CloseAll()
    {
        ReleaseLocks();
        Loosen();
        foreach (var vm in _vms)
        {
            if (_choices.OnceIn(2))
            {
                CloseFileOf(vm);
            }

            CloseVmOf(vm);
            CloseFileOf(vm);
            KvmTdx.Done(Kvm.Munmap(vm.Memory, _slot * Page));
        }
    }

    private TdxHostVm Any => _vms[_choices.Of(0, 0, 0, 1, 1, 2)];

    private ulong AnyPage => _pages[_choices.Below(_pages.Length)];

    private (ulong First, ulong Count) AnyRange
    {
        get
        {
            var first = AnyPage;
            return _slot > 512 && _choices.OnceIn(4) ? (first & ~511UL, 512) : (first, Math.Min((ulong)_choices.Below(4) + 1, _slot - first));
        }
    }

    private VirtualMachine? GuestOf(TdxHostVm vm) => vm.Vm >= 0 ? Kvm.VmOf(vm.Vm) : null;

    private BackingStore? StoreOf(TdxHostVm vm) => vm.File >= 0 && Kvm.Descriptors.TryGet(vm.File, out _, out var open) ? Machine.File(open.Object).Store : null;

    private Pfn? FrameOf(TdxHostVm vm, ulong page) => StoreOf(vm) is { } store && store.TryLookUp(new(page), out var stored) ? stored.Frame : null;

    private void Note(string what, bool isReached = true)
    {
        if (isReached)
        {
            Reached.Add(what);
        }
    }

    private void Create(TdxHostVm vm)
    {
        vm.Vm = (int)KvmTdx.Done(Kvm.CreateVm(vm.Type));
        if (vm.IsTdx)
        {
            KvmTdx.Done(Kvm.EnableCapability(vm.Vm, 201, 1 << 12));
            Run(vm, TdxCommand.InitVm, KvmTdx.Block(_setup.Attributes, 48));
        }

        vm.Vcpu = (int)KvmTdx.Done(Kvm.CreateVcpu(vm.Vm));
        if (vm.IsTdx)
        {
            Run(vm, TdxCommand.InitVcpu, KvmTdx.Block());
        }

        CreateFile(vm);
        Kvm.SetMemoryAttributes(vm.Vm, At, _slot * Page, Private);
    }

    private void CreateFile(TdxHostVm vm)
    {
        var made = Kvm.CreateGuestMemfd(vm.Vm, _slot * Page, 0);
        vm.File = made.IsSuccess ? (int)made.Value : -1;
        AddSlot(vm);
    }

    private void AddSlot(TdxHostVm vm) => vm.HasSlot = vm.File >= 0
        && Kvm.SetUserMemoryRegion2(vm.Vm, new(0, MemoryRegion.HasGuestMemfd, At, _slot * Page, vm.Memory, 0, vm.File)).IsSuccess;

    private void CloseFileOf(TdxHostVm vm)
    {
        if (vm.File >= 0)
        {
            KvmTdx.Done(Kvm.Close(vm.File));
            vm.File = -1;
            _books.Forget(vm.Number, 0, _slot);
            Note(vm.Vm < 0 ? "VM closed before its file" : "file closed before its VM");
        }
    }

    private void CloseVmOf(TdxHostVm vm)
    {
        if (vm.Vm >= 0)
        {
            KvmTdx.Done(Kvm.Close(vm.Vm));
            KvmTdx.Done(Kvm.Close(vm.Vcpu));
            (vm.Vm, vm.Vcpu, vm.HasSlot, vm.Asked) = (-1, -1, false, null);
            _books.Forget(vm.Number, 0, vm.IsTdx ? _slot : 0);
        }
    }

    private void AssertSound()
    {
        foreach (var invariant in MachineInvariants.All)
        {
            var breach = invariant.FindBreach(Machine);
            Assert.True(breach is null, breach);
        }

        Assert.Empty(TdxInvariants.Check(Module));
        foreach (var run in Module.Pamt.Runs())
        {
            for (var frame = run.Frame; run.Entry.IsUsed && frame < run.Frame + run.Size.FrameCount(); frame += 1)
            {
                Assert.True(Machine.Frames[frame] is FrameState.InUse or FrameState.Leaked, $"{frame} is {run.Entry} and {Machine.Frames[frame]}");
            }
        }

        Array.ForEach(_vms, AssertMirrored);
    }

    // The mirror has what the Secure EPT has, size for size.
    private void AssertMirrored(TdxHostVm vm)
    {
        if (GuestOf(vm) is not { IsDead: false, Mmu: TdxMmu mmu } guest || Host.TdOf(guest.Id) is not { Sept: { } tree })
        {
            return;
        }

        foreach (var row in tree.Rows().Where(row => row.Entry.IsLeaf))
        {
            Assert.True(mmu.Private.TryTranslate(row.Gfn, out var leaf), $"{row.Gfn} is mapped behind the mirror's back");
            Assert.Equal((row.Entry.Page(row.Level), row.Level.PageSize()), (leaf.Frame, leaf.Size));
        }

        foreach (var run in mmu.Private.Runs)
        {
            for (var gfn = run.Start; gfn < run.End; gfn += run.Value.Size.FrameCount())
            {
                Assert.True(tree.Walk(new(gfn), SeptLevels.Of(run.Value.Size)).Entry.IsLeaf, $"{new Gfn(gfn)} is mirrored and not mapped");
            }
        }
    }
}
