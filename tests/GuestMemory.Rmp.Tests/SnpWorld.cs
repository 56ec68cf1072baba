using Xunit;

namespace GuestMemory.Rmp.Tests;

/// <summary>The scenarios' world: guest A is ASID 5, B is ASID 6; H and Y are 2M-aligned blocks of frames, G is where H is bound in the guest. All blocks begin as the hypervisor's.</summary>
internal sealed class SnpWorld
{
    public static readonly Asid A = new(5);
    public static readonly Asid B = new(6);

    public SnpWorld(SnpSwitches? switches = null, RuleSwitches? rules = null) =>
        Platform = new(RmpCoverage.AtEndOf(new(default, Frames)), switches: switches, rules: rules);

    public SnpWorld(RuleSwitches rules, RmpCoverage coverage) => Platform = new(coverage, rules: rules);

    /// <summary>4 GiB.</summary>
    public const ulong Frames = 1UL << 20;

    public SnpPlatform Platform { get; }

    public ReverseMapTable Table => Platform.Table;

    public static Pfn H(ulong page = 0) => new(0x4_0000 + page);

    public static Pfn Y(ulong page = 0) => new(0x5_0000 + page);

    public static Gpa G(ulong page = 0) => new(0x8000_0000 + (page << 12));

    /// <summary>RMPUPDATE to guest A, 4K.</summary>
    public InstructionResult Assign(Pfn frame, Gpa gpa, bool immutable = false, Asid? asid = null) =>
        Platform.RmpUpdate(RmpUpdateOperands.Assign(new(frame, PageSize.Size4K), asid ?? A, gpa, immutable));

    /// <summary>RMPUPDATE to guest A, 2M.</summary>
    public InstructionResult AssignLarge(Pfn frame, Gpa gpa, bool immutable = false) =>
        Platform.RmpUpdate(RmpUpdateOperands.Assign(new(frame, PageSize.Size2M), A, gpa, immutable));

    public InstructionResult Share(Pfn frame, PageSize size = PageSize.Size4K) => Platform.RmpUpdate(RmpUpdateOperands.Share(new(frame, size)));

    public InstructionResult ToFirmware(Pfn frame, PageSize size = PageSize.Size4K) => Platform.RmpUpdate(RmpUpdateOperands.ToFirmware(new(frame, size)));

    /// <summary>PVALIDATE by guest A; the guest maps its addresses one to one.</summary>
    public PvalidateResult Validate(Gpa gpa, Pfn frame, bool isLarge = false, bool validate = true, PageSize nested = PageSize.Size4K, CpuState? cpu = null) =>
        Platform.Pvalidate(cpu ?? CpuState.Guest(A), Walk(gpa, frame, nested), isLarge, validate);

    public static GuestWalk Walk(Gpa gpa, Pfn frame, PageSize nested = PageSize.Size4K) => new(gpa.Value, gpa, frame, nested);

    /// <summary>A 4K page of guest A's, Guest-Valid.</summary>
    public void Give(Pfn frame, Gpa gpa)
    {
        Assert.Equal(RmpStatus.Success, Assign(frame, gpa).Status);
        Assert.True(Validate(gpa, frame).IsChanged);
    }

    /// <summary>A 2M page of guest A's, Guest-Valid.</summary>
    public void GiveLarge(Pfn frame, Gpa gpa)
    {
        Assert.Equal(RmpStatus.Success, AssignLarge(frame, gpa).Status);
        Assert.True(Validate(gpa, frame, isLarge: true, nested: PageSize.Size2M).IsChanged);
    }

    public AccessVerdict HostWrite(Pfn frame, PageSize mapping = PageSize.Size4K, ulong value = 1) =>
        Platform.Write(RmpAccess.Host(AccessKind.Write, frame, mapping), 0, 8, value);

    public AccessVerdict HostRead(Pfn frame, out ulong value, PageSize mapping = PageSize.Size4K) =>
        Platform.Read(RmpAccess.Host(AccessKind.Read, frame, mapping), 0, 8, out value);

    /// <summary>A private write of guest A's.</summary>
    public AccessVerdict GuestWrite(Gpa gpa, Pfn frame, ulong value, PageSize nested = PageSize.Size4K) =>
        Platform.Write(RmpAccess.Private(A, AccessKind.Write, gpa, frame, nested), 0, 8, value);

    /// <summary>A private read of guest A's.</summary>
    public AccessVerdict GuestRead(Gpa gpa, Pfn frame, out ulong value, PageSize nested = PageSize.Size4K) =>
        Platform.Read(RmpAccess.Private(A, AccessKind.Read, gpa, frame, nested), 0, 8, out value);

    public RmpPageState StateOf(Pfn frame) => Table.StateOf(frame);

    /// <summary>The platform's state, to compare.</summary>
    public byte[] State()
    {
        var writer = new StateWriter([]);
        Platform.WriteState(ref writer);
        Platform.Contents.WriteState(ref writer);
        return writer.Written.ToArray();
    }
}
