namespace GuestMemory.Rmp.Tests.SmallWorlds;

/// <summary>RMPUPDATE once more, from sev-snp 4.1 line by line: the status, and the entry afterwards.</summary>
internal static class RmpUpdateOracle
{
    public static RmpStatus StatusOf(RmpEntry head, RmpUpdateOperands operands)
    {
        var frame = operands.Address.Frame;
        var isHead = frame == SmallWorld.Head;
        var isLive = head is { Assigned: true, Size: PageSize.Size2M };
        if (operands.IsLarge && (!isHead || (operands is { Assigned: true, Asid.Value: > 0 } && operands.GuestAddress % (2 << 20) != 0)))
        {
            return RmpStatus.FailInput;
        }

        if (!operands.Assigned && (operands.Immutable || operands.Asid.Value != 0))
        {
            return RmpStatus.FailInput;
        }

        if (frame == SmallWorld.Uncovered)
        {
            return RmpStatus.FailInput;
        }

        if (isHead && head.Immutable)
        {
            return RmpStatus.FailPermission;
        }

        var overlaps = operands.IsLarge ? head.Assigned && !isLive : isLive;
        return overlaps ? RmpStatus.FailOverlap : RmpStatus.Success;
    }

    // One row of the effects' table a statement.
    public static RmpEntry EntryAfter(RmpEntry old, RmpUpdateOperands operands)
    {
        if (!operands.Assigned)
        {
            return default;
        }

        var gpa = new Gpa(operands.Asid.Value == 0 ? 0 : operands.GuestAddress);
        var size = operands.IsLarge ? PageSize.Size2M : PageSize.Size4K;
        var isSame = old.Assigned && old.Asid == operands.Asid && old.Gpa == gpa && old.Size == size;
        return new()
        {
            Assigned = true,
            Size = size,
            Immutable = operands.Immutable,
            Asid = operands.Asid,
            Gpa = gpa,
            Validated = isSame && old.Validated,
            Vmsa = isSame && old.Vmsa,
            Permissions = isSame ? old.Permissions : 0x1f,
        };
    }
}
