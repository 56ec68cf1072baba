namespace GuestMemory.Rmp.Tests.Sequences;

/// <content>What guests do, through the nested tables as the host left them.</content>
internal sealed partial class SnpSequence
{
    private Outcome? ApplyGuest(SnpStep step)
    {
        var gpa = Addresses[step.Address];
        if (_nested.Find(AsidOf(step), gpa.Frame) is not { } place)
        {
            return null;
        }

        var cpu = CpuState.Guest(AsidOf(step), new(step.Vcpu % 2));
        var walk = new GuestWalk(gpa.Value, gpa, place.Frame, place.Size);
        return step.Call switch
        {
            SnpCall.Validate => Validate(cpu, walk, step.IsLarge),
            SnpCall.Invalidate => Invalidate(cpu, walk, step.IsLarge),
            SnpCall.RmpAdjust => Platform.RmpAdjust(cpu, walk, step.IsLarge, AttributesOf((uint)step.Bits)).ToOutcome(),
            SnpCall.RmpQuery => new InstructionResult(Platform.RmpQuery(cpu, walk, (byte)(step.Bits & 3)).Status).ToOutcome(),
            _ => Access(step, gpa, place.Frame, place.Size),
        };
    }

    // RDX: target level, mask, VMSA.
    private static ulong AttributesOf(uint bits) => ((bits >> 1) & 3) | (((bits >> 3) & 0x1f) << 8) | (((bits >> 8) & 1) << 16);

    private Outcome Access(SnpStep step, Gpa gpa, Pfn frame, PageSize size)
    {
        var kind = step.Call switch
        {
            SnpCall.Write or SnpCall.SharedWrite => AccessKind.Write,
            SnpCall.Fetch => AccessKind.Execute,
            _ => AccessKind.Read,
        };
        var access = RmpAccess.Private(AsidOf(step), kind, gpa, frame, size) with
        {
            Vmpl = new(step.Vcpu % 2),
            Encrypted = step.Call is not (SnpCall.SharedWrite or SnpCall.SharedRead),
            IsSupervisor = (step.Bits & 1) != 0,
        };
        var offset = (step.Bits >> 4) & 15;
        return kind == AccessKind.Write
            ? Platform.Write(access, offset, 1 + (step.Bits & 7), (ulong)step.Bits * 0x0101_0101_0101).ToOutcome()
            : Platform.Read(access, offset, 1 + (step.Bits & 7), out _).ToOutcome();
    }

    // A careful guest accepts an address once, and believes only what the carry flag confirms.
    private Outcome? Validate(CpuState cpu, GuestWalk walk, bool isLarge)
    {
        var pages = GfnsOf(walk, isLarge);
        if (_accepted is not null && pages.Any(gfn => _accepted.Contains((cpu.Asid, gfn))))
        {
            return null;
        }

        var result = Platform.Pvalidate(cpu, walk, isLarge, validate: true);
        if (result is { Status: RmpStatus.Success, Fault.IsFault: false })
        {
            _accepted?.UnionWith(pages.Select(gfn => (cpu.Asid, gfn)));
        }

        return result.ToOutcome();
    }

    private Outcome? Invalidate(CpuState cpu, GuestWalk walk, bool isLarge)
    {
        var result = Platform.Pvalidate(cpu, walk, isLarge, validate: false);
        if (result.IsChanged)
        {
            _accepted?.ExceptWith(GfnsOf(walk, isLarge).Select(gfn => (cpu.Asid, gfn)));
        }

        return result.ToOutcome();
    }

    private static Gfn[] GfnsOf(GuestWalk walk, bool isLarge)
    {
        var first = isLarge ? walk.Gpa.Frame.AlignDown(PageSize.Size2M) : walk.Gpa.Frame;
        return [.. Enumerable.Range(0, isLarge ? 512 : 1).Select(page => first + (ulong)page)];
    }
}
