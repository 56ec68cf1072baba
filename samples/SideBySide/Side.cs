using System.Runtime.InteropServices;
using GuestMemory;
using GuestMemory.Kvm;

/// <summary>A VM of one technology on a machine of its own: 16 pages of a guest_memfd, shared memory behind them, one vCPU.</summary>
internal abstract class Side
{
    public const ulong Page = 0x1000;
    protected const ulong At = 0x4000_0000, Size = 16 * Page;
    private readonly IGuestTechnology _technology;
    private readonly ulong _before;

    protected Side(string name, IGuestTechnology technology, Func<Machine, IOwnershipTable>? table)
    {
        (Name, _technology) = (name, technology);
        Machine = new MachineFactory(new() { Frames = 1 << 17, OwnershipTable = table }, [technology]).Create();
        Kvm = new(Machine, host: new() { VmTypes = 1UL << (int)technology.VmType });
        _before = Machine.Frames.CountOf(FrameState.InUse);
    }

    public string Name { get; }

    protected Machine Machine { get; }

    protected KvmHost Kvm { get; }

    protected int Vm { get; private set; }

    protected ulong Memory { get; private set; }

    protected VirtualMachine Guest => Kvm.VmOf(Vm)!;

    protected BackingStore Store => Kvm.Descriptors.TryGet(File, out _, out var open) ? Machine.File(open.Object).Store : throw new InvalidOperationException("The file is closed.");

    private int File { get; set; }

    /// <summary>The VM, its memory, and its first page out of the VMM's memory, measured where the technology measures.</summary>
    public Answer Launch(ulong word)
    {
        Vm = (int)Kvm.CreateVm(_technology.VmType).Value;
        var made = Create();
        Kvm.EnableCapability(Vm, 201, 1 << 12);
        File = (int)Kvm.CreateGuestMemfd(Vm, Size, flags: 0).Value;
        Memory = Kvm.MapAnonymous(Size).Value;
        Kvm.SetUserMemoryRegion2(Vm, new(Slot: 0, MemoryRegion.HasGuestMemfd, At, Size, Memory, 0, File));
        Kvm.SetMemoryAttributes(Vm, At, Size, (ulong)MemoryAttributes.Private);
        Kvm.Store(Memory, 8, word);
        return Answer.Of(made.IsSuccess ? Measure() : made);
    }

    public Answer Read(ulong page, bool isPrivate = true) => Show(Kvm.GuestLoad(Vm, At + (page * Page), 8, isPrivate));

    public Answer Write(ulong page, ulong value, bool isPrivate = true)
    {
        var exit = Kvm.GuestStore(Vm, At + (page * Page), 8, value, isPrivate);
        return exit.Reason == ExitReason.Hlt ? new("done") : Show(exit);
    }

    /// <summary>The guest takes a page for its own, as the technology has it.</summary>
    public abstract Answer Accept(ulong page);

    /// <summary>The host's kernel reads the frame behind a page.</summary>
    public Answer HostReads(ulong page) => HostMay(page, AccessKind.Read) is { IsSuccess: false } refused
        ? new($"{refused.Lane}", refused.DecidedBy)
        : new($"0x{HostRead(FrameOf(page).Address):x}");

    /// <summary>Whether a write of the host's kernel would get to the frame.</summary>
    public Answer HostWouldWrite(ulong page) => HostMay(page, AccessKind.Write) is { IsSuccess: false } refused ? new($"{refused.Lane}", refused.DecidedBy) : new("allowed");

    public Answer MapFile() => Answer.Of(Kvm.Mmap(File, 0, Size, HostRights.Read, isShared: true));

    /// <summary>The VMM's side of a conversion.</summary>
    public Answer Convert(ulong page, bool isPrivate, bool punches = false)
    {
        var set = Kvm.SetMemoryAttributes(Vm, At + (page * Page), Page, isPrivate ? (ulong)MemoryAttributes.Private : 0);
        return Answer.Of(punches && set.IsSuccess ? Kvm.Fallocate(File, mode: 3, (long)(page * Page), (long)Page) : set);
    }

    /// <summary>To shared and back, at once.</summary>
    public Answer ThereAndBack(ulong page, bool punches)
    {
        Convert(page, isPrivate: false, punches);
        return Convert(page, isPrivate: true);
    }

    /// <summary>The guest asks for a shared page, the VMM does as asked.</summary>
    public Answer Share(ulong page)
    {
        var asked = AskToShare(At + (page * Page));
        if (asked.Reason != ExitReason.Hypercall)
        {
            return Show(asked);
        }

        Convert(page, isPrivate: false, punches: true);
        var told = Show(Kvm.CompleteHypercall(Vm, 0));
        return told with { Text = $"{asked.Reason}, told {told.Text}" };
    }

    /// <summary>What the VMM reads of a page in its own memory.</summary>
    public Answer VmmReads(ulong page) => Kvm.Load(Memory + (page * Page), 8, out var value) is HostFault.None ? new($"0x{value:x}") : new("fault");

    public Answer KernelMoves(ulong page) => Answer.Of(Store.Move(new(page)));

    /// <summary>The technology's own way to another frame.</summary>
    public Answer Move(ulong page)
    {
        var from = FrameOf(page);
        var answer = MoveByTechnology(page);
        return answer with { Text = $"{answer.Text}, {(FrameOf(page) == from ? "same frame" : "other frame")}" };
    }

    public Answer SwapOut(ulong page) => Answer.Of(Store.SwapOut(new(page)));

    /// <summary>The kernel gives the VM up; its guest tries to go on.</summary>
    public Answer Kill()
    {
        Guest.Kill();
        return Read(1);
    }

    /// <summary>Everything is closed; what came back to the pool.</summary>
    public Answer Close()
    {
        var taken = Machine.Frames.CountOf(FrameState.InUse) - _before;
        Kvm.Close(File);
        Kvm.Close(Kvm.Descriptors.Find(new(OpenFileKind.Vcpu, Guest.Id.Value)));
        Kvm.Close(Vm);
        Kvm.Munmap(Memory, Size);
        var left = Machine.Frames.CountOf(FrameState.InUse) - _before;
        return new($"{taken - left} of {taken}, {Machine.Frames.CountOf(FrameState.Leaked)} leaked");
    }

    /// <summary>The commands before there is memory, and the vCPU.</summary>
    protected abstract KvmResult Create();

    /// <summary>The commands that fill the first page.</summary>
    protected abstract KvmResult Measure();

    /// <summary>The guest's own call for a conversion.</summary>
    protected abstract VcpuExit AskToShare(ulong gpa);

    protected abstract Answer MoveByTechnology(ulong page);

    /// <summary>What an exception of the guest's is called.</summary>
    protected abstract string Exception(VcpuExit exit);

    protected virtual ulong HostRead(Spa at) => Machine.Contents.Read(at, 8);

    protected Answer Show(VcpuExit exit) => new(
        exit.Reason switch
        {
            ExitReason.Hlt => $"0x{exit.Value:x}",
            ExitReason.GuestException => Exception(exit),
            ExitReason.Unknown => $"{exit.Errno}",
            _ => $"{exit}",
        },
        exit.DecidedBy);

    protected Pfn FrameOf(ulong page) => Store.TryLookUp(new(page), out var stored) ? stored.Frame : throw new InvalidOperationException($"The file has no page {page}.");

    /// <summary>An argument block of 88 bytes, the largest there is.</summary>
    protected static byte[] Block(params ReadOnlySpan<ulong> words)
    {
        var block = new byte[88];
        MemoryMarshal.AsBytes(words).CopyTo(block);
        return block;
    }

    private Outcome HostMay(ulong page, AccessKind kind) =>
        Machine.Ownership.Check(new(FrameOwner.Host, kind, FrameOf(page), PageSize.Size4K, Encrypted: false));
}
