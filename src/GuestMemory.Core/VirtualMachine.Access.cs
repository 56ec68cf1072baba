namespace GuestMemory;

/// <content>Guest accesses through the VM's translations.</content>
public sealed partial class VirtualMachine
{
    /// <summary>The translation an access uses: a vCPU's cached one, or what a new walk finds.</summary>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="gfn">The frame.</param>
    /// <param name="isWrite">Whether it must be writable.</param>
    /// <param name="translation">The translation, at that frame.</param>
    public bool TryTranslate(int vcpu, Gfn gfn, bool isWrite, out Translation translation)
    {
        // A cached right that does not suffice is no answer: the CPU walks again.
        var cached = Cache.TryUse(vcpu, gfn, out translation) && (!isWrite || translation.Writable);
        var found = cached || Mmu.TryTranslate(gfn, out translation);
        return found && (!isWrite || translation.Writable);
    }

    /// <summary>Judges and makes a read through a translation.</summary>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="at">First byte; the bytes stay within the page.</param>
    /// <param name="length">1 to 8.</param>
    /// <param name="translation">The translation of the page.</param>
    /// <param name="value">The bytes as a little-endian number; 0 when denied.</param>
    /// <param name="asksPrivate">What the guest's own tables ask for; <see langword="null"/> for the translation's kind.</param>
    /// <returns>Success, or the ownership table's fault; then no byte was read.</returns>
    public Outcome Read(int vcpu, Gpa at, int length, in Translation translation, out ulong value, bool? asksPrivate = null)
    {
        var isPrivate = asksPrivate ?? translation.Kind == PageKind.Private;
        var access = Access(at, AccessKind.Read, translation, isPrivate);
        var judged = Judge(vcpu, access, translation);
        value = judged.IsSuccess ? Machine.Bytes.Read(access, translation.Frame.Address + at.Offset, length, KeyOf(isPrivate)) : 0;
        Emit(StepKind.GuestAccess, new(at.Frame, 1), translation.Frame.Value, judged);
        return judged;
    }

    /// <summary>Judges and makes a write through a translation.</summary>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="at">First byte; the bytes stay within the page.</param>
    /// <param name="length">1 to 8.</param>
    /// <param name="translation">The translation of the page.</param>
    /// <param name="value">The bytes as a little-endian number.</param>
    /// <param name="asksPrivate">What the guest's own tables ask for; <see langword="null"/> for the translation's kind.</param>
    /// <returns>Success, or the ownership table's fault; then no byte changed.</returns>
    public Outcome Write(int vcpu, Gpa at, int length, in Translation translation, ulong value, bool? asksPrivate = null)
    {
        var isPrivate = asksPrivate ?? translation.Kind == PageKind.Private;
        var access = Access(at, AccessKind.Write, translation, isPrivate);
        var judged = Judge(vcpu, access, translation);
        if (judged.IsSuccess)
        {
            Machine.Bytes.Write(access, translation.Frame.Address + at.Offset, length, value, KeyOf(isPrivate));
        }

        Emit(StepKind.GuestAccess, new(at.Frame, 1), translation.Frame.Value, judged);
        return judged;
    }

    private ContentKey KeyOf(bool isPrivate) => isPrivate && Technology.Processor is { } processor ? processor.KeyOf(this) : ContentKey.None;

    private FrameAccess Access(Gpa at, AccessKind kind, in Translation translation, bool isPrivate) =>
        new(FrameOwner.Of(Id), kind, translation.Frame, translation.Size, isPrivate, at.Frame);

    private Outcome Judge(int vcpu, in FrameAccess access, in Translation translation)
    {
        var judged = Machine.Ownership.Check(access);
        if (judged.IsSuccess)
        {
            Cache.Fill(vcpu, access.Gfn, translation);
        }

        return judged;
    }
}
