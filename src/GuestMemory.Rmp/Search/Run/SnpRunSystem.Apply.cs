namespace GuestMemory.Rmp;

/// <content>How steps are made.</content>
internal sealed partial class SnpRunSystem
{
    public StepAnswer Apply(uint step)
    {
        var made = RunStep.Of(step);
        _dropped = 0;
        _checks.Begin();
        switch (made.Kind)
        {
            case RunStepKind.Assign:
                return Update(made.First, new(FrameOf(made.First).Address, true, AsidOf(made.Second), AddressOf(made.Third).Value));
            case RunStepKind.Share:
                return Update(made.First, new(FrameOf(made.First).Address, false));
            case RunStepKind.HostWrite:
                return WriteByHost(made.First);
            case RunStepKind.HostRead:
                return ReadByHost(made.First);
            case RunStepKind.Map:
                return Lead(made.Second, made.Third, made.First);
            case RunStepKind.Unmap:
                return Lead(made.First, made.Second, -1);
            case RunStepKind.Accept:
            case RunStepKind.Release:
                return Pvalidate(made.First, made.Second, made.Kind == RunStepKind.Accept);
            default:
                return Touch(made);
        }
    }

    private StepAnswer Update(int frame, in RmpUpdateOperands operands)
    {
        var old = _platform.Table.Raw(FrameOf(frame));
        var result = _platform.RmpUpdate(operands);
        _checks.AfterInstruction(FrameOf(frame), old, result.IsSuccess, Asid.Hypervisor);
        return result.IsSuccess ? StepAnswer.Done((1UL << frame) | _dropped) : StepAnswer.Refused(result.ToOutcome());
    }

    private StepAnswer WriteByHost(int frame)
    {
        var access = RmpAccess.Host(AccessKind.Write, FrameOf(frame));
        var verdict = WriteBoth(access, HostToken);
        if (!verdict.IsAllowed)
        {
            return StepAnswer.Refused(verdict.ToOutcome());
        }

        _checks.AfterOpenWrite(access);
        return StepAnswer.Done(1UL << frame);
    }

    private StepAnswer ReadByHost(int frame)
    {
        var verdict = _platform.Read(RmpAccess.Host(AccessKind.Read, FrameOf(frame)), 0, 8, out var value);
        if (!verdict.IsAllowed)
        {
            return StepAnswer.Refused(verdict.ToOutcome());
        }

        // Only private writes have these tokens.
        _isLeaked |= value is 1 or 2;
        return StepAnswer.Done(_isLeaked ? SystemPart : 0);
    }

    private StepAnswer Lead(int guest, int address, int frame)
    {
        _guests[guest] = _guests[guest].Mapped(address, frame);
        return StepAnswer.Done(GuestPart(guest));
    }

    private StepAnswer Pvalidate(int vcpu, int address, bool validate)
    {
        var guest = GuestOf(vcpu);
        var frame = _guests[guest].FrameAt(address);
        var old = _platform.Table.Raw(FrameOf(frame));
        var gpa = AddressOf(address);
        var result = _platform.Pvalidate(_cpus[guest], new(gpa.Value, gpa, FrameOf(frame), PageSize.Size4K), isLarge: false, validate);
        _checks.AfterInstruction(FrameOf(frame), old, result.IsChanged, AsidOf(guest));
        if (result.Carry && !_platform.Rules.IsOff(SnpConductRules.Carry))
        {
            return Stop(guest, result.ToOutcome());
        }

        return result.IsChanged || result.Carry ? Accepted(guest, address, frame, validate, result.IsChanged) : StepAnswer.Refused(result.ToOutcome());
    }

    // A page accepted anew has bytes nobody promises, at the address it is bound to. A careful guest forgets the translation of a page it gives up.
    private StepAnswer Accepted(int guest, int address, int frame, bool validate, bool isChanged)
    {
        _guests[guest] = _guests[guest].Holding(address, validate);
        if (!validate)
        {
            return StepAnswer.Done((1UL << frame) | GuestPart(guest) | Forget(guest, address));
        }

        if (!isChanged)
        {
            return StepAnswer.Done(GuestPart(guest));
        }

        var entry = _platform.Table.Raw(FrameOf(frame));
        var (owner, bound) = ((int)entry.Asid.Value - 1, (int)(entry.Gpa.Frame.Value - s_firstAddress.Value));
        _guests[owner] = _guests[owner].Wrote(bound, 0);
        return StepAnswer.Done((1UL << frame) | GuestPart(guest) | GuestPart(owner));
    }

    private ulong Forget(int guest, int address)
    {
        var touched = 0UL;
        for (var vcpu = guest; vcpu < _tlbs.Length; vcpu += _guests.Length)
        {
            _tlbs[vcpu] = _tlbs[vcpu].WithoutPrivate(address);
            touched |= VcpuPart(vcpu);
        }

        return touched;
    }

    // It saw a contradiction.
    private StepAnswer Stop(int guest, in Outcome outcome)
    {
        _guests[guest] = _guests[guest].Stopped;
        return StepAnswer.Refused(outcome, GuestPart(guest));
    }
}
