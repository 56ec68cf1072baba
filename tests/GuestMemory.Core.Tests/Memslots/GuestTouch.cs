namespace GuestMemory.Tests;

internal static class GuestTouch
{
    /// <summary>A guest access of the kind the attribute says, faulting its page in when it must; a fault that cannot end now is given up.</summary>
    public static GuestAccess Make(VirtualMachine vm, ulong page, ulong? value, int tries = 4)
    {
        var gfn = TestWorld.Gfn(page);
        if (!vm.TryTranslate(0, gfn, value is not null, out var translation))
        {
            var fault = new GuestFault(vm, gfn, value is not null, vm.Attributes.KindOf(gfn));
            var verdict = fault.Run();
            if (verdict != FaultVerdict.Mapped)
            {
                return verdict == FaultVerdict.Retry && tries > 1 ? Make(vm, page, value, tries - 1) : GuestAccess.Refused(verdict, (CoreStatus)fault.Detail.Code);
            }

            vm.TryTranslate(0, gfn, value is not null, out translation);
        }

        if (value is { } written)
        {
            return GuestAccess.Done() with { Status = (CoreStatus)vm.Write(0, gfn.Address, 8, translation, written).Code };
        }

        var judged = vm.Read(0, gfn.Address, 8, translation, out var read);
        return GuestAccess.Done(read) with { Status = (CoreStatus)judged.Code };
    }
}
