using System.Buffers.Binary;
using GuestMemory.Kvm;
using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>A TD through the kernel's face alone: one vCPU, a guest_memfd slot of 2M-aligned private memory at <see cref="At"/>, shared memory behind it.</summary>
internal sealed class KvmTdx
{
    public const ulong At = 0x4000_0000;
    public const ulong Page = 0x1000;
    public const ulong Large = 0x20_0000;
    public const ulong VeDisable = 1UL << 28;
    private const ulong Private = (ulong)MemoryAttributes.Private;

    public KvmTdx(
        TdxHostOptions? options = null, int largestOrder = 0, ulong size = 2 * Large, RuleSwitches? rules = null,
        ulong frames = 1 << 17, ulong attributes = VeDisable, IStepObserver? observer = null, bool caches = false, bool hasVcpu = true, IFaultInjector? injector = null)
    {
        Size = size;
        var machine = new MachineFactory(
            new() { Frames = frames, CachesTranslations = caches, Rules = rules ?? RuleSwitches.AllOn, Injector = injector, OwnershipTable = made => new PamtOwnershipTable(made, options) },
            [OrdinaryVm.Instance, SoftwareProtectedVm.Instance, TdxVm.Instance]).Create(observer ?? new InvariantChecker(CheckScope.Everything));
        Kvm = new(machine, host: new() { VmTypes = 0x23, GuestMemfdLargestOrder = largestOrder });
        Vm = (int)Done(Kvm.CreateVm(5));
        Done(Kvm.EnableCapability(Vm, 201, 1 << 12));
        Done(InitVm(attributes));
        Done(Kvm.CreateVcpu(Vm));
        if (hasVcpu)
        {
            Done(Command(TdxCommand.InitVcpu));
        }

        File = (int)Done(Kvm.CreateGuestMemfd(Vm, size, 0));
        Memory = Done(Kvm.MapAnonymous(size));
        Done(Kvm.SetUserMemoryRegion2(Vm, new(0, MemoryRegion.HasGuestMemfd, At, size, Memory, 0, File)));
        Done(Kvm.SetMemoryAttributes(Vm, At, size, Private));
    }

    public KvmHost Kvm { get; }

    public int Vm { get; }

    public int File { get; }

    public ulong Memory { get; }

    public ulong Size { get; }

    public Machine Machine => Kvm.Machine;

    public VirtualMachine Guest => Kvm.VmOf(Vm)!;

    public TdxHost Host => ((PamtOwnershipTable)Machine.Ownership).Host;

    public TdxModule Module => Host.Module;

    public HostedTd Hosted => Host.Find(Guest.Id)!;

    public Td Td => Host.TdOf(Guest.Id)!;

    /// <summary>Adds the first page of the slot with a word in it, finalizes.</summary>
    public KvmTdx Launch(ulong word = 0x1234)
    {
        Done(Kvm.CopyTo(Memory, word));
        Done(AddRegion(At, Memory, 1));
        Done(Command(TdxCommand.FinalizeVm));
        return this;
    }

    public KvmResult InitVm(ulong attributes = VeDisable, ulong addressBits = 48) => Command(TdxCommand.InitVm, Block(attributes, addressBits));

    public KvmResult AddRegion(ulong gpa, ulong source, ulong pages, ulong flags = 1) => Command(TdxCommand.InitMemRegion, Block(source, gpa, pages, flags));

    public KvmResult Command(TdxCommand command, byte[]? block = null) => CommandOf(Vm, command, block);

    /// <summary>A command for another VM of the machine.</summary>
    public KvmResult CommandOf(int vm, TdxCommand command, byte[]? block = null) => Kvm.MemoryEncryptOp(vm, (uint)command, block ?? new byte[TdxCommandCall.ArgumentBytes]);

    /// <summary>A platform over 512 MiB, its last 4 MiB the PAMT's.</summary>
    public static TdxPlatform Platform { get; } = new(new Tdmr(default, 1UL << 30) { ReservedAreas = [PfnRange.FromBounds(new((1 << 17) - 1024), new(1 << 18))] });

    /// <summary>Takes all frames but so many out of the pool; to be given back one by one.</summary>
    public static List<PfnRange> Exhaust(Machine machine, ulong left)
    {
        List<PfnRange> taken = [];
        while (machine.Frames.TryTake(new(0, ulong.MaxValue, FramePurpose.Kernel), out var frames))
        {
            taken.Add(frames);
        }

        for (; left > 0 && taken.Count > 0; left--)
        {
            var last = taken[^1];
            taken.RemoveAt(taken.Count - 1);
            machine.Frames.GiveBack(new(last.Start, 1));
            if (last.Count > 1)
            {
                taken.Add(new(last.Start + 1, last.Count - 1));
            }
        }

        return taken;
    }

    /// <summary>Closes the VM and its file, the file first.</summary>
    public void CloseAll()
    {
        Done(Kvm.Close(File));
        Done(Kvm.Close(Kvm.Descriptors.Find(new(OpenFileKind.Vcpu, Guest.Id.Value))));
        Done(Kvm.Close(Vm));
    }

    public static byte[] Block(params ReadOnlySpan<ulong> words)
    {
        var block = new byte[TdxCommandCall.ArgumentBytes];
        for (var index = 0; index < words.Length; index++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(index * 8), words[index]);
        }

        return block;
    }

    /// <summary>A guest's call, with the exit it ended in.</summary>
    public VcpuExit Call(TdxGuestFunction function, ulong first, ulong second = 0)
    {
        ulong[] registers = [first, second, 0];
        return Kvm.GuestCall(Vm, (uint)function, registers);
    }

    /// <summary>Accepts a page as a guest does.</summary>
    public void Accept(ulong gpa, SeptLevel level = SeptLevel.Pt)
    {
        var exit = Call(TdxGuestFunction.PageAccept, gpa | (ulong)level);
        Assert.Equal((ExitReason.Hlt, 0UL), (exit.Reason, exit.Value));
    }

    public VcpuExit Load(ulong gpa, bool? isPrivate = true) => Kvm.GuestLoad(Vm, gpa, 8, isPrivate);

    public VcpuExit Store(ulong gpa, ulong value, bool? isPrivate = true) => Kvm.GuestStore(Vm, gpa, 8, value, isPrivate);

    public void Convert(ulong gpa, ulong size, bool isPrivate) => Done(Kvm.SetMemoryAttributes(Vm, gpa, size, isPrivate ? Private : 0));

    public KvmResult Punch(ulong offset, ulong length) => Kvm.Fallocate(File, 3, (long)offset, (long)length);

    public SeptEntry Entry(ulong gpa) => Td.Sept!.Walk(new Gpa(gpa).Frame, SeptLevel.Pt).Entry;

    public Pfn FrameOf(ulong gpa)
    {
        Kvm.Descriptors.TryGet(File, out _, out var open);
        Assert.True(Machine.File(open.Object).Store.TryLookUp(new((gpa - At) >> 12), out var stored));
        return stored.Frame;
    }

    public static ulong Done(KvmResult result)
    {
        Assert.True(result.IsSuccess, result.ToString());
        return result.Value;
    }
}
