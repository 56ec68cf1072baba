namespace GuestMemory.Testing;

/// <content>What a promise builds and asks.</content>
public abstract partial class MemslotContract
{
    private (MemslotParts Parts, IMemslot Slot) NewSlot(BackingProperties? properties = null)
    {
        var machine = new MachineFactory().Create();
        var process = machine.CreateProcess();
        var own = machine.CreateStore(BackingProperties.Anonymous, 1UL << 20);
        process.Map(new(new(0x7f00), 0x100), new(own.Id, default, HostRights.Read | HostRights.Write, IsShared: false, Holder: -1, IsLocked: false));
        var vm = machine.CreateVm(new ContractTechnology());
        var file = machine.OpenFile(vm.Id, machine.CreateStore(properties ?? BackingProperties.GuestMemfd, 1UL << 31, PageKind.Private));
        var parts = new MemslotParts(vm, new(new(0x250), 16), process, new(0x7f20), file, new(0x30));
        return (parts, CreateSlot(parts));
    }

    private static IEnumerable<(Gfn Gfn, ulong Offset)> All(MemslotParts parts)
    {
        for (var offset = 0UL; offset < parts.Gfns.Count; offset++)
        {
            yield return (parts.Gfns.Start + offset, offset);
        }
    }

    private static IEnumerable<(Gfn Gfn, ulong Offset)> Lower(MemslotParts parts) => All(parts).Where(at => at.Offset < parts.Gfns.Count / 2);

    private static IEnumerable<(Gfn Gfn, ulong Offset)> Upper(MemslotParts parts) => All(parts).Where(at => at.Offset >= parts.Gfns.Count / 2);

    private static Gfn Last(GfnRange gfns) => new(gfns.End.Value - 1);

    private PageLocation Resolve(IMemslot slot, Gfn gfn, PageKind kind)
    {
        var outcome = slot.Resolve(gfn, kind, out var location);
        Holds(outcome.IsSuccess, $"{kind} {gfn} was refused: {outcome}");
        return location;
    }

    private void RequireRefuses(IMemslot slot, Gfn gfn, PageKind kind)
    {
        try
        {
            var outcome = slot.Resolve(gfn, kind, out var location);
            HoldsNot(outcome.IsSuccess, $"{kind} {gfn} resolves to {location}");
        }
        catch (ArgumentException)
        {
            // Calling it the caller's mistake is as good as refusing.
        }
    }

    private static string Words(IMemslot slot, Gfn gfn, PageKind kind)
    {
        var outcome = slot.Resolve(gfn, kind, out var location);
        return outcome.IsSuccess ? $"{gfn} {kind} {location.Source.GetType().Name} {location}" : $"{gfn} {kind} {outcome}";
    }

    private static List<Gfn> Find(IMemslot slot, IPageSource source, PageIndexRange pages)
    {
        var found = new List<GfnRange>();
        slot.FindShared(source, pages, found);
        return [.. found.SelectMany(gfns => Enumerable.Range(0, (int)gfns.Count).Select(at => gfns.Start + (ulong)at)).Order()];
    }
}
