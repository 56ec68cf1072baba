namespace GuestMemory.Kvm;

/// <content>The calls, and what each may change.</content>
internal sealed partial class CallSystem
{
    private StepAnswer Convert(int number, int page)
    {
        var guest = _guests[number];
        var isPrivate = guest.Vm.Attributes.KindOf(CallGuest.Gfn(page)) == PageKind.Private;
        var attribute = isPrivate ? 0UL : (ulong)MemoryAttributes.Private;
        var maps = guest.Table.TryTranslate(CallGuest.Gfn(page), out _);
        var result = _kvm.SetMemoryAttributes(guest.Descriptor, CallGuest.At + ((ulong)page << 12), 0x1000, attribute);
        return Answer(result, VmPart(number) | (maps ? FramesPart : 0));
    }

    private StepAnswer Punch(int number, int page)
    {
        var guest = _guests[number];
        var held = guest.Private.Holds(new((ulong)page));

        // The hole's guest frames lose their shared translations too.
        var maps = guest.Table.TryTranslate(CallGuest.Gfn(page), out _);
        var result = _kvm.Fallocate(guest.File, 3, (long)page << 12, 0x1000);
        guest.Written &= result.IsSuccess ? ~(1U << page) : ~0U;
        return Answer(result, held ? VmPart(number) | PrivatePart(number) | FramesPart | OwnersPart : maps ? VmPart(number) | FramesPart : 0);
    }

    private StepAnswer Allocate(int number, int page)
    {
        var guest = _guests[number];
        var held = guest.Private.Holds(new((ulong)page));
        var result = _kvm.Fallocate(guest.File, 1, (long)page << 12, 0x1000);
        return Answer(result, held ? 0 : PrivatePart(number) | FramesPart);
    }

    private StepAnswer Discard(int number, int page)
    {
        var guest = _guests[number];
        var changes = _kvm.Process.HasEntry(guest.HostPage(page)) || guest.Shared.Holds(new((ulong)page));
        var result = _kvm.Madvise(guest.Memory + ((ulong)page << 12), 0x1000, MemoryAdvice.DontNeed, out _);
        return Answer(result, changes ? VmPart(number) | SharedPart(number) | FramesPart | ProcessPart : VmPart(number));
    }

    private StepAnswer HostLoad(int number, int page)
    {
        var guest = _guests[number];
        var touched = TouchedByHost(number, page, isWrite: false);
        var fault = _kvm.Load(guest.Memory + ((ulong)page << 12), 8, out var value);
        if (fault != HostFault.None)
        {
            return Faulted(fault, touched);
        }

        CheckSharedValue(guest, value);
        return StepAnswer.Done(guest.Breach == CallBreach.None ? touched : touched | VmPart(number));
    }

    private StepAnswer HostStore(int number, int page)
    {
        var touched = TouchedByHost(number, page, isWrite: true);
        var fault = _kvm.Store(_guests[number].Memory + ((ulong)page << 12), 8, HostToken);
        return fault == HostFault.None ? StepAnswer.Done(touched) : Faulted(fault, touched);
    }

    private StepAnswer Access(int number, int vcpu, int page, bool isWrite)
    {
        var guest = _guests[number];
        var isPrivate = guest.Vm.Attributes.KindOf(CallGuest.Gfn(page)) == PageKind.Private;
        var touched = TouchedByGuest(guest, number, vcpu, page, isWrite, isPrivate);
        var exit = _kvm.RunVcpu(guest.Vm, vcpu, CallGuest.At + ((ulong)page << 12), isWrite, isPrivate ? guest.PrivateToken : guest.SharedToken);
        if (exit.Reason != ExitReason.Hlt)
        {
            return StepAnswer.Refused(new(Lane.Exit, (ulong)exit.Reason, (ulong)exit.Errno, exit.DecidedBy), touched);
        }

        if (isWrite)
        {
            guest.Written |= isPrivate ? 1U << page : 0;
        }
        else if (isPrivate)
        {
            var expected = (guest.Written & (1U << page)) != 0 ? guest.PrivateToken : 0;
            guest.Breach |= exit.Value == expected ? CallBreach.None : CallBreach.PrivateRead;
        }
        else
        {
            CheckSharedValue(guest, exit.Value);
        }

        return StepAnswer.Done(guest.Breach == CallBreach.None ? touched : touched | VmPart(number));
    }

    // A cached translation serves at once; one of the tree fills the cache; otherwise there is a fault.
    private static ulong TouchedByGuest(CallGuest guest, int number, int vcpu, int page, bool isWrite, bool isPrivate)
    {
        var gfn = CallGuest.Gfn(page);
        if (guest.Vm.Cache.TryUse(vcpu, gfn, out var cached) && (!isWrite || cached.Writable))
        {
            return isWrite ? ContentsPart | (isPrivate ? VmPart(number) : 0) : 0;
        }

        if (guest.Table.TryTranslate(gfn, out var mapped) && (!isWrite || mapped.Writable))
        {
            return VmPart(number) | (isWrite ? ContentsPart : 0);
        }

        var both = VmPart(number) | FramesPart | ContentsPart;
        return isPrivate ? both | OwnersPart | PrivatePart(number) : both | ProcessPart | SharedPart(number);
    }

    private ulong TouchedByHost(int number, int page, bool isWrite)
    {
        var guest = _guests[number];
        if (_kvm.Process.TryGetWholeEntry(guest.HostPage(page), out var entry) && (!isWrite || entry.Writable))
        {
            return isWrite ? ContentsPart | SharedPart(number) : 0;
        }

        return VmPart(number) | FramesPart | ContentsPart | ProcessPart | SharedPart(number);
    }

    private static void CheckSharedValue(CallGuest guest, ulong value)
    {
        if (value != 0 && value != HostToken && value != guest.SharedToken)
        {
            guest.Breach |= value is >= 0x10 and < 0x20 ? CallBreach.PrivateLeak : CallBreach.SharedRead;
        }
    }

    private static StepAnswer Answer(KvmResult result, ulong touched) =>
        result.IsSuccess ? StepAnswer.Done(touched) : StepAnswer.Refused(result.ToOutcome(), touched);

    private static StepAnswer Faulted(HostFault fault, ulong touched) => StepAnswer.Refused(new(Lane.Fault, (ulong)fault, 0, null), touched);
}
