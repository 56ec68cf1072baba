using System.Buffers.Binary;
using GuestMemory.Kvm;
using Xunit;

namespace GuestMemory.Rmp.Tests.Host;

/// <summary>An SNP VM through the kernel's face alone: one vCPU, a guest_memfd slot of 2M-aligned private memory at <see cref="At"/>, shared memory behind it.</summary>
internal sealed class KvmSnp
{
    public const ulong At = 0x4000_0000;
    public const ulong Page = 0x1000;
    public const ulong Large = 0x20_0000;
    public const ulong Policy = 0x3_0000;
    private const ulong Private = (ulong)MemoryAttributes.Private;

    public KvmSnp(
        SnpHostOptions? options = null, int largestOrder = 0, ulong size = 2 * Large, RuleSwitches? rules = null, IFrameChoice? choice = null, IStepObserver? observer = null, IFaultInjector? injector = null)
    {
        Size = size;
        var machine = new MachineFactory(
            new()
            {
                Frames = 1 << 17, Rules = rules ?? RuleSwitches.AllOn, Injector = injector, FrameChoice = choice ?? LowestFirst.Instance,
                OwnershipTable = made => new RmpOwnershipTable(made, options),
            },
            [OrdinaryVm.Instance, SoftwareProtectedVm.Instance, SnpVm.Instance]).Create(observer);
        Kvm = new(machine, host: new() { VmTypes = 0x13, GuestMemfdLargestOrder = largestOrder });
        Vm = (int)Done(Kvm.CreateVm(4));
        Done(Command(SnpCommand.Init2, new byte[64]));
        Done(Kvm.EnableCapability(Vm, 201, 1 << 12));
        Done(Kvm.CreateVcpu(Vm));
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

    public SnpHost Host => ((RmpOwnershipTable)Machine.Ownership).Host;

    public HostedSnpGuest Guest => Host.Find(Kvm.VmOf(Vm)!.Id)!;

    public ReverseMapTable Table => Host.Platform.Table;

    /// <summary>Starts, fills the first page of the slot with a word, finishes.</summary>
    public void Launch(ulong word = 0x1234)
    {
        Done(Start());
        Done(Kvm.CopyTo(Memory, word));
        Done(Update(At, Memory, Page, LaunchPageType.Normal));
        Done(Finish());
    }

    public KvmResult Start(ulong policy = Policy)
    {
        var block = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(block, policy);
        return Command(SnpCommand.LaunchStart, block);
    }

    public KvmResult Update(ulong gpa, ulong source, ulong length, LaunchPageType type, ushort flags = 0) =>
        Command(SnpCommand.LaunchUpdate, UpdateBlock(gpa, source, length, type, flags));

    public static byte[] UpdateBlock(ulong gpa, ulong source, ulong length, LaunchPageType type, ushort flags = 0)
    {
        var block = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(block, gpa >> 12);
        BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(8), source);
        BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(16), length);
        block[24] = (byte)type;
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(26), flags);
        return block;
    }

    public KvmResult Finish() => Command(SnpCommand.LaunchFinish, new byte[88]);

    public KvmResult Command(SnpCommand command, byte[] block) => Kvm.MemoryEncryptOp(Vm, (uint)command, block);

    /// <summary>PVALIDATE, with the exit it ended in and its registers.</summary>
    public (VcpuExit Exit, ulong Eax, ulong Carry) Validate(ulong gpa, bool isLarge = false, bool validate = true)
    {
        ulong[] registers = [gpa, isLarge ? 1UL : 0, validate ? 1UL : 0];
        var exit = Kvm.GuestCall(Vm, (uint)SnpGuestFunction.Pvalidate, registers);
        return (exit, registers[0], registers[1]);
    }

    /// <summary>Accepts a page as a guest does: it must change.</summary>
    public void Accept(ulong gpa, bool isLarge = false) =>
        Assert.Equal((ExitReason.Hlt, 0UL, 0UL), (Validate(gpa, isLarge) is var (exit, eax, carry) ? exit.Reason : default, eax, carry));

    public VcpuExit Load(ulong gpa, bool? isPrivate = true) => Kvm.GuestLoad(Vm, gpa, 8, isPrivate);

    public VcpuExit Store(ulong gpa, ulong value, bool? isPrivate = true) => Kvm.GuestStore(Vm, gpa, 8, value, isPrivate);

    public void Convert(ulong gpa, ulong size, bool isPrivate) => Done(Kvm.SetMemoryAttributes(Vm, gpa, size, isPrivate ? Private : 0));

    public void Punch(ulong offset, ulong length) => Done(Kvm.Fallocate(File, 3, (long)offset, (long)length));

    /// <summary>The frame behind a page of the file.</summary>
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
