namespace GuestMemory.Tdx;

/// <content>Loads and stores of guests.</content>
public sealed partial class TdxModule
{
    /// <summary>The tables the host translates shared guest frames with; <see langword="null"/> for none. The host's, no part of the state.</summary>
    public ISharedEpt? SharedEpt { get; set; }

    /// <summary>Whether vCPUs remember translations. Default: no, every access walks, as recorded.</summary>
    /// <remarks>
    /// Remembered are pages accessed with success, in the size of their leaf. A vCPU forgets when it enters in another epoch and when it is
    /// dissociated from its processor; not when pages are blocked, tracked or taken. Set it before the first access.
    /// </remarks>
    public bool CachesTranslations
    {
        get => State.CachesTranslations;
        set => State.CachesTranslations = value;
    }

    /// <summary>A guest reads.</summary>
    /// <param name="tdvpr">The root page of its vCPU.</param>
    /// <param name="gpa">The guest address, SHARED bit included.</param>
    /// <param name="length">Bytes, 1 to 8, within one frame.</param>
    /// <returns>The bytes, or what else it ended in. An exit is told; the vCPU is outside by <see cref="Exit"/> alone, as in the recordings.</returns>
    public GuestResult GuestRead(Pfn tdvpr, Gpa gpa, int length) => Access(tdvpr, gpa, length, isWrite: false, 0);

    /// <summary>A guest writes.</summary>
    /// <param name="tdvpr">The root page of its vCPU.</param>
    /// <param name="gpa">The guest address, SHARED bit included.</param>
    /// <param name="length">Bytes, 1 to 8, within one frame.</param>
    /// <param name="value">The bytes, the first lowest; what is above them is ignored.</param>
    /// <returns>What it ended in, as for reads.</returns>
    public GuestResult GuestWrite(Pfn tdvpr, Gpa gpa, int length, ulong value) => Access(tdvpr, gpa, length, isWrite: true, value);

    private GuestResult Access(Pfn tdvpr, Gpa gpa, int length, bool isWrite, ulong value)
    {
        RequireWithinFrame(gpa.Offset, length);
        var result = new GuestResult(GuestEvent.NotRunning);
        var isStale = false;
        if (Running(tdvpr) is { } vcpu)
        {
            var access = new GuestAccess(State, vcpu, gpa, length, isWrite);
            result = vcpu.Td.IsPrivate(gpa.Value) ? Private(ref access, value) : Shared(ref access, value);
            isStale = access.IsCached && StaleAccess.IsStale(State, vcpu.Td, gpa.Frame, access.Frame);
        }

        var registers = new TdxRegisters(gpa.Value, value, isWrite ? 1UL : 0, (ulong)length);
        Observer?.OnOperation(this, new(TdxOperationKind.GuestAccess, default, tdvpr, registers, new(result.Status, result.DecidedBy)) { Guest = result, IsStale = isStale });
        return result;
    }

    private GuestResult Private(ref GuestAccess access, ulong value)
    {
        access.ResolvePrivate();
        if (GuestAccessRules.Private.Decide(ref access, State.Rules) is { } refusal)
        {
            return Refuse(access, refusal);
        }

        access.Remember();
        return Move(access, value, State.Keys.KeyOf(access.Td.Hkid));
    }

    private GuestResult Shared(ref GuestAccess access, ulong value)
    {
        var gfn = new Gpa(access.Gpa.Value & ~(1UL << (access.Td.IsWide ? 51 : 47))).Frame;
        access.SuppressesVe = true;
        if (SharedEpt is { } tables)
        {
            access.HasFrame = tables.TryTranslate(access.Td.Tdr, gfn, out var frame, out var suppressesVe);
            (access.Frame, access.SuppressesVe) = (frame, suppressesVe);
        }

        return GuestAccessRules.Shared.Decide(ref access, State.Rules) is { } refusal ? Refuse(access, refusal) : Move(access, value, ContentKey.None);
    }

    private static GuestResult Refuse(in GuestAccess access, Check<GuestAccess, GuestAnswer> refusal)
    {
        // A #MC inside a TD is the end of the TD, wherever the broken bytes lay (tdx-module, td_exit.c).
        access.Td.IsFatal |= refusal.Answer.Event == GuestEvent.MachineCheck;
        return access.Refuse(refusal);
    }

    private GuestResult Move(in GuestAccess access, ulong value, ContentKey key)
    {
        if (!access.HasFrame)
        {
            return new(GuestEvent.Ok);
        }

        if (!access.IsWrite)
        {
            return new(GuestEvent.Ok, Value: Memory.Read(access.At, access.Length, key));
        }

        Memory.Write(access.At, access.Length, value, key);
        return new(GuestEvent.Ok);
    }

    private static void RequireWithinFrame(ulong offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 8);
        if (offset + (ulong)length > PageSize.Size4K.Bytes())
        {
            throw new ArgumentException($"{length} bytes at offset 0x{offset:x} leave their frame of 0x1000 bytes.", nameof(length));
        }
    }
}
