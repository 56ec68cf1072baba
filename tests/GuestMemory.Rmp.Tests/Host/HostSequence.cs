using System.Buffers.Binary;
using GuestMemory.Kvm;
using Xunit;

namespace GuestMemory.Rmp.Tests.Host;

/// <summary>One host, two SNP guests and a plain one, small; random steps over the kernel's face and beside it.</summary>
internal sealed partial class HostSequence
{
    public const ulong At = 0x4000_0000;
    public const ulong BufferAt = 0x7000_0000;
    private const ulong Page = 0x1000;
    private const ulong Private = (ulong)MemoryAttributes.Private;
    private const ulong Word = 0x800;
    private readonly HostVm[] _vms;
    private readonly ulong[] _pages;

    public HostSequence(HostSetup setup, bool isChecked = true)
    {
        Setup = setup;
        Slot = setup.Order == 0 ? 4UL : 1024;
        _pages = setup.Order == 0 ? [0, 1, 2, 3, 0, 1] : [0, 1, 7, 511, 512, 513];
        var machine = new MachineFactory(
            new()
            {
                Frames = 1 << 13, FrameChoice = setup.FrameChoice, CachesTranslations = setup.Caches, Enforcement = setup.Enforcement,
                OwnershipTable = made => new RmpOwnershipTable(made, setup.Options),
            },
            [SoftwareProtectedVm.Instance, SnpVm.Instance]).Create();
        Kvm = new(machine, host: new() { VmTypes = 0x12, GuestMemfdLargestOrder = setup.Order });
        InUse = machine.Frames.CountOf(FrameState.InUse);
        if (isChecked)
        {
            machine.Observer = new HostObserver(this, setup.Scope);
            Checker = RmpChecker.Attach(Host.Platform, new() { OwnsMemory = false, Scope = setup.Scope });
        }

        _vms = [.. new ulong[] { 4, 4, 1 }.Select(type => new HostVm { Type = type, Memory = KvmSnp.Done(Kvm.MapAnonymous((Slot + 1) * Page)) })];
        foreach (var vm in _vms)
        {
            Create(vm);
        }

        Launch(_vms[0], new(HostCall.Launch, 0, 0, 1, 0));
    }

    public HostSetup Setup { get; }

    public KvmHost Kvm { get; }

    public RmpChecker? Checker { get; }

    public HostBooks Books { get; } = new();

    public HashSet<string> Reached { get; } = [];

    public ulong Slot { get; }

    public ulong InUse { get; }

    public Machine Machine => Kvm.Machine;

    public SnpHost Host => ((RmpOwnershipTable)Machine.Ownership).Host;

    public void Apply(HostStep step)
    {
        var vm = _vms[step.Vm];
        if (step.Call == HostCall.Recreate)
        {
            Recreate(vm, step);
        }
        else if (step.Call is HostCall.CloseFile or HostCall.Punch or HostCall.Allocate or HostCall.PoisonPrivate)
        {
            ApplyToFile(vm, step);
        }
        else if (step.Call is HostCall.BeginChange or HostCall.EndChange or HostCall.Smash)
        {
            ApplyBeside(vm, step);
        }
        else if (step.Call is HostCall.HostLoad or HostCall.HostStore or HostCall.Discard or HostCall.Break)
        {
            ApplyToMemory(vm, step);
        }
        else if (vm.Vm >= 0)
        {
            ApplyToVm(vm, step);
        }
    }

    /// <summary>Everything is closed and unmapped; other processors let go.</summary>
    public void CloseAll()
    {
        while (Host.Platform.Holds.Changing.Count > 0)
        {
            Host.Platform.Holds.EndChange(Host.Platform.Holds.Changing[0]);
        }

        foreach (var (index, vm) in _vms.Index())
        {
            if (index == 1)
            {
                CloseFile(vm);
            }

            CloseVm(vm);
            CloseFile(vm);
            KvmSnp.Done(Kvm.Munmap(vm.Memory, (Slot + 1) * Page));
        }
    }

    /// <summary>Assigned pages that are neither the table's own nor lost: those the host warned about excepted.</summary>
    public int StillAssigned() => Host.Warnings > 0 ? 0 : Table.Runs().Where(run => run.First.Assigned && !Table.Coverage.OwnPages.Any(own => own.Contains(run.Frames)))
        .SelectMany(run => Enumerable.Range(0, (int)run.Frames.Count).Select(offset => run.Frames.Start + (ulong)offset))
        .Count(frame => Machine.Frames[frame] is not (FrameState.Leaked or FrameState.Poisoned));

    private ulong PageOf(HostStep step) => _pages[step.Page];

    private (ulong First, ulong Count) RangeOf(HostStep step) => step.IsLarge && Slot > 512
        ? (PageOf(step) & ~511UL, 512)
        : (PageOf(step), Math.Min((ulong)step.Count, Slot - PageOf(step)));

    private void Create(HostVm vm)
    {
        vm.Vm = (int)KvmSnp.Done(Kvm.CreateVm(vm.Type));
        if (vm.Type == 4)
        {
            Kvm.MemoryEncryptOp(vm.Vm, (uint)SnpCommand.Init2, new byte[64]);
            KvmSnp.Done(Kvm.EnableCapability(vm.Vm, 201, 1 << 12));
        }

        vm.Vcpu = (int)KvmSnp.Done(Kvm.CreateVcpu(vm.Vm));
        KvmSnp.Done(Kvm.SetUserMemoryRegion2(vm.Vm, new(1, 0, BufferAt, Page, vm.Memory + (Slot * Page))));
        CreateFile(vm);
        KvmSnp.Done(Kvm.SetMemoryAttributes(vm.Vm, At, Slot * Page, Private));
    }

    private void CreateFile(HostVm vm)
    {
        vm.File = (int)KvmSnp.Done(Kvm.CreateGuestMemfd(vm.Vm, Slot * Page, 0));
        AddSlot(vm);
    }

    private void AddSlot(HostVm vm) =>
        vm.HasSlot = Kvm.SetUserMemoryRegion2(vm.Vm, new(0, MemoryRegion.HasGuestMemfd, At, Slot * Page, vm.Memory, 0, vm.File)).IsSuccess;

    private void Recreate(HostVm vm, HostStep step)
    {
        if (vm.Vm < 0)
        {
            CloseFile(vm);
            Create(vm);
            Reached.Add("VM made anew");
        }
        else if (vm.File < 0)
        {
            DeleteSlot(vm);
            CreateFile(vm);
            Reached.Add("file made anew");
        }
        else if (step.Bit(4))
        {
            AddSlot(vm);
        }
    }

    private void DeleteSlot(HostVm vm)
    {
        if (vm.HasSlot)
        {
            KvmSnp.Done(Kvm.SetUserMemoryRegion2(vm.Vm, new(0, 0, 0, 0, 0)));
            vm.HasSlot = false;
        }
    }

    private void CloseFile(HostVm vm)
    {
        if (vm.File >= 0)
        {
            KvmSnp.Done(Kvm.Close(vm.File));
            Reached.Add(vm.Vm < 0 ? "VM closed before its file" : "file closed before its VM");
            vm.File = -1;
            Books.Forget(Array.IndexOf(_vms, vm), 0, Slot);
        }
    }

    private void CloseVm(HostVm vm)
    {
        if (vm.Vm >= 0)
        {
            KvmSnp.Done(Kvm.Close(vm.Vm));
            KvmSnp.Done(Kvm.Close(vm.Vcpu));
            (vm.Vm, vm.Vcpu, vm.HasSlot, vm.Asked) = (-1, -1, false, null);
        }
    }

    private void ApplyToFile(HostVm vm, HostStep step)
    {
        var (first, count) = RangeOf(step);
        switch (step.Call)
        {
            case HostCall.CloseFile when step.Bit(4) && step.Bit(5):
                CloseFile(vm);
                break;
            case HostCall.Punch when vm.File >= 0:
                var smashes = Table.TouchedBlocks().Count(head => Table.IsInLargePage(head));
                KvmSnp.Done(Kvm.Fallocate(vm.File, 3, (long)(first * Page), (long)(count * Page)));
                Books.Forget(step.Vm, first, count);
                Reached.Add(Table.TouchedBlocks().Count(head => Table.IsInLargePage(head)) < smashes ? count == 512 ? "2M freed" : "2M freed in part" : "punched");
                break;
            case HostCall.Allocate when vm.File >= 0:
                Kvm.Fallocate(vm.File, 1, (long)(first * Page), (long)(count * Page));
                break;
            case HostCall.PoisonPrivate when vm.File >= 0 && step.Bits % 8 == 0 && FrameOf(vm, first) is not null:
                StoreOf(vm).Poison(new(first));
                Books.Forget(step.Vm, first, 1);
                Reached.Add("private page broken");
                break;
        }
    }

    private ReverseMapTable Table => Host.Platform.Table;

    private BackingStore StoreOf(HostVm vm)
    {
        Kvm.Descriptors.TryGet(vm.File, out _, out var open);
        return Machine.File(open.Object).Store;
    }

    private Pfn? FrameOf(HostVm vm, ulong page) => vm.File >= 0 && StoreOf(vm).TryLookUp(new(page), out var stored) ? stored.Frame : null;

    private void ApplyBeside(HostVm vm, HostStep step)
    {
        var changing = Host.Platform.Holds.Changing;
        switch (step.Call)
        {
            case HostCall.BeginChange when changing.Count == 0 && FrameOf(vm, PageOf(step)) is { } frame:
                Host.Platform.Holds.BeginChange(frame);
                break;
            case HostCall.EndChange when changing.Count > 0:
                Host.Platform.Holds.EndChange(changing[0]);
                break;
            case HostCall.Smash when step.Bits % 4 == 0 && FrameOf(vm, PageOf(step)) is { } frame:
                Host.Smash(frame);
                break;
        }
    }

    private void ApplyToMemory(HostVm vm, HostStep step)
    {
        var page = step.Bit(6) ? Slot : PageOf(step);
        var at = vm.Memory + (page * Page);
        var word = Books.NextShared();
        switch (step.Call)
        {
            case HostCall.HostStore when Kvm.Store(at + Word, 8, word) == HostFault.None:
                Books.Wrote(step.Vm, page, false, word);
                break;
            case HostCall.HostLoad when Kvm.Load(at + Word, 8, out word) == HostFault.None:
                Books.SeenShared(step.Vm, page, word);
                break;
            case HostCall.Discard:
                KvmSnp.Done(Kvm.Madvise(at, Page, MemoryAdvice.DontNeed, out _));
                Books.Discard(step.Vm, page);
                break;
            case HostCall.Break when step.Bits % 8 == 0 && Kvm.Store(at, 1, 0) == HostFault.None:
                KvmSnp.Done(Kvm.Madvise(at, Page, MemoryAdvice.HwPoison, out _));
                Books.Discard(step.Vm, page);
                break;
        }
    }

    private static byte[] Block(ulong first, ulong source = 0, ulong length = 0, byte type = 0)
    {
        var block = new byte[88];
        BinaryPrimitives.WriteUInt64LittleEndian(block, first);
        BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(8), source);
        BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(16), length);
        block[24] = type;
        return block;
    }

    private KvmResult Command(HostVm vm, HostStep step, SnpCommand command)
    {
        var page = PageOf(step);
        var block = command switch
        {
            SnpCommand.LaunchStart => Block(KvmSnp.Policy),
            SnpCommand.LaunchUpdate => Block((At >> 12) + page, vm.Memory + (page * Page), (ulong)step.Count * Page, (byte)new[] { 1, 1, 3, 4, 5, 6, 2, 1 }[step.Bits >> 8 & 7]),
            _ => Block(0),
        };
        return Kvm.MemoryEncryptOp(vm.Vm, (uint)command, block);
    }

    private void Launch(HostVm vm, HostStep step)
    {
        Command(vm, step, SnpCommand.LaunchStart);
        if (step.Bit(5))
        {
            Command(vm, step, SnpCommand.LaunchUpdate);
        }

        if (Command(vm, step, SnpCommand.LaunchFinish).IsSuccess)
        {
            Reached.Add("launched");
        }
    }

    private void AssertSound()
    {
        foreach (var invariant in MachineInvariants.All.Where(one => Host.Warnings == 0 || one != MachineInvariants.OneOwner))
        {
            Assert.Null(invariant.FindBreach(Machine));
        }

        Assert.DoesNotContain(RmpInvariants.FindBreaches(Host.Platform), breach => !breach.Invariant.IsPolicy);
        Assert.Null(DirectMapInvariants.FindMixedBlock(Host.DirectMap, Table));
        Assert.True(!Setup.Unmaps || DirectMapInvariants.FindExposedPage(Host.DirectMap, Table) is null);
        Assert.True(Host.Warnings == 0 || Setup.Failure == ReclaimFailure.Linux, "the host warned");
        Assert.True(Host.Warnings > 0 || SnpHostInvariants.FindAssignedFree(Host, Machine) is null, "an assigned page is free");
    }
}
