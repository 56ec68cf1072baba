using System.Runtime.CompilerServices;

namespace GuestMemory.Rmp;

/// <summary>Judges accesses: the common ones in one look at the entry, the rest by the rule tables, which are the specification.</summary>
public static class AccessCheck
{
    private const ulong FastState = RmpEntry.AssignedBit | RmpEntry.SizeBit | RmpEntry.ImmutableBit | RmpEntry.ValidatedBit;
    private const ulong Usable = RmpEntry.AssignedBit | RmpEntry.ValidatedBit;

    /// <summary>Judges an access by the rule tables alone.</summary>
    internal static AccessVerdict ByRules(ReverseMapTable table, EntryHolds holds, SnpSwitches switches, RuleSwitches rules, in RmpAccess access)
    {
        var checks = AccessRules.For(access, switches);
        if (checks is null)
        {
            return default;
        }

        var call = new RmpAccessCall(table, holds, switches, access);
        var refusal = checks.Decide(ref call, rules);
        return refusal is null ? default : new(call.FaultOf(refusal.Answer), refusal);
    }

    /// <summary>Whether the access certainly goes through. <see langword="false"/> says nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsPlainlyAllowed(ReverseMapTable table, EntryHolds holds, in RmpAccess access)
    {
        if (access.Part != RmpAccessPart.Data || !holds.IsEmpty)
        {
            return false;
        }

        if (!access.IsPrivate)
        {
            return access.Kind != AccessKind.Write || (access.MappingSize == PageSize.Size4K && !table.Resolve(access.Frame).Assigned);
        }

        var entry = table.Resolve(access.Frame);
        var expected = (access.Gpa.Value & ~RmpEntry.FlagBits) | Usable | (access.MappingSize == PageSize.Size4K ? 0 : RmpEntry.SizeBit);
        return (entry.Low & (~RmpEntry.FlagBits | FastState)) == expected
            && unchecked((uint)entry.High) == access.Asid.Value
            && table.Coverage.Covers(access.Frame)
            && AccessRules.Allows(entry.PermissionsOf(access.Vmpl), access);
    }
}
