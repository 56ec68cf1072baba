namespace GuestMemory.Rmp;

/// <content>Touching memory.</content>
public abstract partial class SnpGuest
{
    /// <summary>Reads memory.</summary>
    /// <param name="gpa">First byte.</param>
    /// <param name="length">1 to 8; the bytes stay within the page.</param>
    /// <param name="encrypted">The C-bit of the guest's mapping.</param>
    /// <returns>Done with the bytes as a little-endian number, or what came instead.</returns>
    public GuestAnswer Read(Gpa gpa, int length = 8, bool encrypted = true) =>
        Run(gpa, () => Touch(AccessKind.Read, gpa, length, 0, encrypted));

    /// <summary>Writes memory.</summary>
    /// <param name="gpa">First byte.</param>
    /// <param name="value">The bytes as a little-endian number.</param>
    /// <param name="length">1 to 8; the bytes stay within the page.</param>
    /// <param name="encrypted">The C-bit of the guest's mapping.</param>
    public GuestAnswer Write(Gpa gpa, ulong value, int length = 8, bool encrypted = true) =>
        Run(gpa, () => Touch(AccessKind.Write, gpa, length, value, encrypted));

    /// <summary>Writes zero over a page, 8 bytes at a time; ends at the first answer other than done.</summary>
    /// <param name="gpa">The page.</param>
    public GuestAnswer Clear(Gpa gpa)
    {
        var answer = default(GuestAnswer);
        for (var at = 0UL; at < 4096 && answer.IsDone; at += 8)
        {
            answer = Write(gpa.Frame.Address + at, 0);
        }

        return answer;
    }

    private GuestAnswer Touch(AccessKind kind, Gpa gpa, int length, ulong value, bool encrypted)
    {
        if (Tlb is not null && Tlb.TryFind(gpa.Frame, kind, encrypted, out var known))
        {
            return GuestAnswer.Done(TouchUnchecked(AccessTo(known.Frame, known.Size, kind, gpa, encrypted), (int)gpa.Offset, length, value));
        }

        if (!Nested.TryTranslate(gpa, out var frame, out var size))
        {
            return GuestAnswer.Faulted(NotMapped(kind, gpa, encrypted), decidedBy: null);
        }

        var verdict = TouchChecked(AccessTo(frame, size, kind, gpa, encrypted), (int)gpa.Offset, length, ref value);
        if (!verdict.IsAllowed)
        {
            return GuestAnswer.Faulted(verdict.Fault, verdict.DecidedBy);
        }

        Tlb?.Add(new(gpa.Frame, kind, encrypted, frame, size));
        return GuestAnswer.Done(kind == AccessKind.Read ? value : 0);
    }

    private RmpAccess AccessTo(Pfn frame, PageSize size, AccessKind kind, Gpa gpa, bool encrypted) =>
        new(Options.Profile.HasRmp ? RmpAccessor.SnpGuest : RmpAccessor.Guest, kind, frame, size, Asid, gpa, encrypted, Vmpl: Options.Vmpl, Gva: gpa.Value);

    private AccessVerdict TouchChecked(in RmpAccess access, int offset, int length, ref ulong value)
    {
        if (Options.Cache is null)
        {
            return access.Kind == AccessKind.Write
                ? Platform.Write(access, offset, length, value)
                : Platform.Read(access, offset, length, out value);
        }

        var verdict = Platform.Check(access);
        value = verdict.IsAllowed ? TouchUnchecked(access, offset, length, value) : 0;
        return verdict;
    }

    // By a remembered check, or into the cache: the bytes, and word to the platform's observer as for any access.
    private ulong TouchUnchecked(in RmpAccess access, int offset, int length, ulong value)
    {
        var at = access.Frame.Address + (ulong)offset;
        var key = access.Encrypted ? Platform.Keys[Asid] : ContentKey.None;
        var isWrite = access.Kind == AccessKind.Write;
        if (isWrite && Options.Cache is { } dirty)
        {
            dirty.Write(at, length, value, key);
        }
        else if (isWrite)
        {
            Platform.Contents.Write(at, length, value, key);
        }
        else
        {
            value = Options.Cache?.Read(at, length, key) ?? Platform.Contents.Read(at, length, key);
        }

        var kind = isWrite ? SnpOperationKind.Write : SnpOperationKind.Read;
        Platform.Emit(new(kind, new(access.Frame, 1), default, value, default, access, ((uint)length << 16) | (uint)offset));
        return isWrite ? 0 : value;
    }

    // An ordinary #NPF: not present, so neither P nor RMP is set.
    private static RmpFault NotMapped(AccessKind kind, Gpa gpa, bool encrypted) => new(
        RmpFaultKind.NestedPageFault,
        FaultBits.User | FaultBits.FinalTranslation | (kind == AccessKind.Write ? FaultBits.Write : 0) | (encrypted ? FaultBits.Encrypted : 0),
        gpa.Value);
}
