namespace GuestMemory.Tdx;

/// <summary>Populate's part for a TD: the VMM's page, tables, PAGE.ADD, and 16 times MR.EXTEND where contents are measured. Source: linux-kvm-tdx, populate.</summary>
internal sealed class TdxPageFiller(TdxHost host, HostedTd td, bool measures) : IPopulateFiller
{
    private const int PageBytes = 4096;
    private const ulong Extent = 256;
    private readonly byte[] _bytes = new byte[PageBytes];
    private HostAddressSpace? _process;
    private Hva _source;

    /// <summary>Where the next page comes from.</summary>
    public void From(HostAddressSpace process, Hva source) => (_process, _source) = (process, source);

    public Outcome Fill(VirtualMachine vm, Gfn gfn, Pfn frame, ReadOnlySpan<byte> bytes)
    {
        var mmu = ((TdxMmu)vm.Mmu).Private;
        var ready = Load();
        ready = ready.IsSuccess ? mmu.RefusalToAdd(gfn, frame) : ready;
        ready = ready.IsSuccess ? vm.Machine.Ownership.Prepare(new(new(frame, 1), vm.Id, gfn, PageKind.Private)) : ready;
        if (!ready.IsSuccess)
        {
            return ready;
        }

        var tables = host.AddTables(td, gfn, SeptLevel.Pt, out var isOutOfPages);
        var added = isOutOfPages ? TdxHostRules.NoPage.Refuse() : Checked(tables);
        added = added.IsSuccess ? Add(vm, gfn, frame) : added;
        if (!added.IsSuccess)
        {
            vm.Machine.Ownership.Reclaim(new(frame, 1));
            return added;
        }

        var measured = measures ? Measure(gfn) : Outcome.Success;
        if (measured.IsSuccess)
        {
            mmu.MapAdded(gfn, frame);
        }
        else
        {
            // The page is in and its measurement is not: nothing makes that good (linux-kvm-tdx, populate).
            vm.Kill();
        }

        return measured;
    }

    private Outcome Load()
    {
        if (_process is null || _source == default)
        {
            return TdxHostRules.NoSource.Refuse();
        }

        return _process.Load(_source, _bytes) == HostFault.None ? Outcome.Success : TdxHostRules.Unreadable.Refuse(_source.Value);
    }

    private static Outcome Checked(in TdxResult result) => result.IsSuccess
        ? Outcome.Success
        : (TdxHost.IsBusy(result) ? TdxHostRules.Busy : TdxHostRules.Module).Refuse(result.Status.Value);

    private Outcome Add(VirtualMachine vm, Gfn gfn, Pfn frame)
    {
        if (!host.TryTakePage(out var source))
        {
            return TdxHostRules.NoPage.Refuse();
        }

        vm.Machine.Contents.Fill(source, _bytes);
        var result = host.Call(td, TdxFunction.MemPageAdd, TdxHost.Operands(td, gfn, PageSize.Size4K) with { R8 = frame.Address.Value, R9 = source.Address.Value });
        host.ReturnPage(source);
        return Checked(result);
    }

    private Outcome Measure(Gfn gfn)
    {
        for (var offset = 0UL; offset < PageSize.Size4K.Bytes(); offset += Extent)
        {
            var result = host.Call(td, TdxFunction.MrExtend, new(gfn.Address.Value + offset, td.Tdr.Address.Value));
            if (!result.IsSuccess)
            {
                return TdxHostRules.Module.Refuse(result.Status.Value);
            }
        }

        return Outcome.Success;
    }
}
