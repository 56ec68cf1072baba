namespace GuestMemory.Kvm;

/// <summary>One guest of a system of calls: its VM, the two sides of its slot, and what an observer remembers of it.</summary>
internal sealed class CallGuest(KvmHost kvm, int number, int descriptor, int file, ulong memory)
{
    /// <summary>First guest address of its slot.</summary>
    public const ulong At = 0x10_0000;

    /// <summary>The VM.</summary>
    public VirtualMachine Vm { get; } = kvm.VmOf(descriptor)!;

    /// <summary>The VM's descriptor.</summary>
    public int Descriptor { get; } = descriptor;

    /// <summary>The guest_memfd's descriptor.</summary>
    public int File { get; } = file;

    /// <summary>First address of its shared memory.</summary>
    public ulong Memory { get; } = memory;

    /// <summary>The VM's tree.</summary>
    public NestedPageTable Table { get; } = (NestedPageTable)kvm.VmOf(descriptor)!.Mmu;

    /// <summary>The store behind its private side.</summary>
    public BackingStore Private { get; } = PrivateStore(kvm, file);

    /// <summary>The store behind its shared side.</summary>
    public BackingStore Shared { get; } = SharedStore(kvm, memory);

    /// <summary>What it writes to private pages.</summary>
    public ulong PrivateToken { get; } = 0x10 + (ulong)number;

    /// <summary>What it writes to shared pages.</summary>
    public ulong SharedToken { get; } = 0x20 + (ulong)number;

    /// <summary>Private pages it wrote and that were not freed since, one bit a page.</summary>
    public uint Written { get; set; }

    /// <summary>What was seen of it that must not be.</summary>
    public CallBreach Breach { get; set; }

    /// <summary>Guest frame of a page.</summary>
    public static Gfn Gfn(int page) => new((At >> 12) + (ulong)page);

    /// <summary>Process page of a page.</summary>
    public PageIndex HostPage(int page) => new((Memory >> 12) + (ulong)page);

    private static BackingStore PrivateStore(KvmHost kvm, int file)
    {
        kvm.Descriptors.TryGet(file, out _, out var open);
        return kvm.Machine.File(open.Object).Store;
    }

    private static BackingStore SharedStore(KvmHost kvm, ulong memory)
    {
        kvm.Process.TryGetArea(new(memory >> 12), out var area);
        return kvm.Machine.Store(area.Store);
    }
}
