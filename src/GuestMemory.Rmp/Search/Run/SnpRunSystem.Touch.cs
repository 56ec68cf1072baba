namespace GuestMemory.Rmp;

/// <content>Guests' accesses.</content>
internal sealed partial class SnpRunSystem
{
    private StepAnswer Touch(RunStep step)
    {
        var (vcpu, address, isWrite) = (step.First, step.Second, step.Third != 0);
        var isPrivate = step.Kind is RunStepKind.Private or RunStepKind.PrivateCached;
        var isCached = step.Kind is RunStepKind.PrivateCached or RunStepKind.SharedCached;
        var guest = GuestOf(vcpu);
        var frame = isCached ? _tlbs[vcpu].FrameAt(address, isPrivate) : _guests[guest].FrameAt(address);
        var access = new RmpAccess(
            RmpAccessor.SnpGuest, isWrite ? AccessKind.Write : AccessKind.Read, FrameOf(frame), PageSize.Size4K, AsidOf(guest), AddressOf(address), isPrivate);
        var token = isPrivate ? 1 + (_guests[guest].TokenAtAddress(address) & 1) : SharedToken;
        var verdict = Make(access, isCached, isWrite, ref token);
        if (!verdict.IsAllowed)
        {
            return verdict.Fault.Kind == RmpFaultKind.VmmCommunication && _guests[guest].Holds(address)
                ? Stop(guest, verdict.ToOutcome())
                : StepAnswer.Refused(verdict.ToOutcome());
        }

        if (!isCached)
        {
            _tlbs[vcpu] = _tlbs[vcpu].With(address, isPrivate, frame, isWrite);
        }

        return StepAnswer.Done((isCached ? 0 : VcpuPart(vcpu)) | Went(access, guest, address, frame, token));
    }

    // What the checks say of it, and what is remembered.
    private ulong Went(in RmpAccess access, int guest, int address, int frame, ulong token)
    {
        var isWrite = access.Kind == AccessKind.Write;
        if (!access.Encrypted)
        {
            if (isWrite)
            {
                _checks.AfterOpenWrite(access);
            }

            return isWrite ? 1UL << frame : 0;
        }

        var last = _guests[guest].TokenAtAddress(address);
        _checks.AfterPrivate(access, !isWrite && last != 0 && last != token);
        if (!isWrite)
        {
            return 0;
        }

        _guests[guest] = _guests[guest].Wrote(address, token);
        return (1UL << frame) | GuestPart(guest);
    }

    private AccessVerdict Make(in RmpAccess access, bool isCached, bool isWrite, ref ulong value)
    {
        if (isCached)
        {
            MakeUnchecked(access, isWrite, ref value);
            return default;
        }

        return isWrite ? WriteBoth(access, value) : _platform.Read(access, 0, 8, out value);
    }

    private AccessVerdict WriteBoth(in RmpAccess access, ulong value)
    {
        var verdict = _platform.Write(access, 8, 8, 0);
        return verdict.IsAllowed ? _platform.Write(access, 0, 8, value) : verdict;
    }

    // By a check that was passed before.
    private void MakeUnchecked(in RmpAccess access, bool isWrite, ref ulong value)
    {
        var key = access.Encrypted ? _platform.Keys[access.Asid] : ContentKey.None;
        if (isWrite)
        {
            _platform.Contents.Write(access.Frame.Address + 8, 8, 0, key);
            Tell(access, 8, 0);
            _platform.Contents.Write(access.Frame.Address, 8, value, key);
        }
        else
        {
            value = _platform.Contents.Read(access.Frame.Address, 8, key);
        }

        Tell(access, 0, value);
    }

    private void Tell(in RmpAccess access, uint offset, ulong value)
    {
        if (_platform.Observer is not null)
        {
            var kind = access.Kind == AccessKind.Write ? SnpOperationKind.Write : SnpOperationKind.Read;
            _platform.Emit(new(kind, new(access.Frame, 1), default, value, default, access, (8u << 16) | offset));
        }
    }
}
