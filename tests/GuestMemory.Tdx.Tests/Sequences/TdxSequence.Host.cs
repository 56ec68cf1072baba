namespace GuestMemory.Tdx.Tests.Sequences;

/// <content>What a host does in several calls.</content>
internal sealed partial class TdxSequence
{
    // A TD up to running, or given up half way.
    private void BuildTd()
    {
        var tdr = s_tdrs[_choices.Below(s_tdrs.Length)];
        if (Module.FindTd(new Spa(tdr).Frame) is not null || !Host(TdxFunction.MngCreate, new(tdr, (ulong)(33 + _choices.Below(4)))).IsSuccess)
        {
            return;
        }

        for (var processor = 0; processor < Module.Platform.Packages * Module.Platform.ProcessorsPerPackage; processor += Module.Platform.ProcessorsPerPackage)
        {
            Host(TdxFunction.MngKeyConfig, new(tdr), processor: processor);
        }

        for (var page = 0; page < 6; page++)
        {
            Host(TdxFunction.MngAddcx, new(FreePage(), tdr));
        }

        if (_choices.OnceIn(10))
        {
            return;
        }

        Host(TdxFunction.MngInit, new(tdr, WriteParameters()));
        for (var vcpu = 0; vcpu < 1 + _choices.Below(2); vcpu++)
        {
            BuildVcpu(tdr, vcpu);
        }

        BuildMemory(tdr);
        if (!_choices.OnceIn(5))
        {
            Host(TdxFunction.MrFinalize, new(tdr));
        }
    }

    private void BuildVcpu(ulong tdr, int processor)
    {
        var tdvpr = FreePage();
        Host(TdxFunction.VpCreate, new(tdvpr, tdr));
        for (var page = 0; page < 5; page++)
        {
            Host(TdxFunction.VpAddcx, new(FreePage(), tdvpr));
        }

        Host(TdxFunction.VpInit, new(tdvpr), processor: processor);
    }

    private void BuildMemory(ulong tdr)
    {
        for (var level = Module.FindTd(new Spa(tdr).Frame)?.Sept?.RootLevel ?? SeptLevel.Pml4; level >= SeptLevel.Pd; level--)
        {
            Host(TdxFunction.MemSeptAdd, new((ulong)level, tdr, FreePage()));
        }

        for (var page = 0UL; page < (ulong)_choices.Below(4); page++)
        {
            Host(TdxFunction.MemPageAdd, new(page << 12, tdr, FreePage(), 0x30_0000));
            Host(TdxFunction.MrExtend, new(page << 12, tdr));
        }

        _wanted = new Spa(tdr).Frame;
        for (var call = 0; call < _choices.Below(40); call++)
        {
            OddCall(_choices.Of(TdxFunction.MemPageAdd, TdxFunction.MemPageAdd, TdxFunction.MrExtend));
        }

        _wanted = null;
    }

    // Page pairs for the first two blocks; the third has none.
    private void GivePairs()
    {
        for (var block = 0UL; block < 2; block++)
        {
            var page = TdxWorld.SecondTdmr + 0x3ff0_0000 + (block * 0x2000);
            Host(TdxFunction.PhymemPamtAdd, new((TdxWorld.FirstTdmr + (block * Block)) | 1, page, page + 0x1000));
        }
    }

    // A table where one is missing, or a page.
    private void Grow()
    {
        if (AnyLiveTd() is not { } td)
        {
            return;
        }

        var hole = Hole(td, (SeptLevel)(byte)_choices.Of(0, 0, 0, 1));
        var registers = new TdxRegisters(hole.Raw, td.Tdr.Address.Value, PageFor(hole.Level), 0x30_0000, ulong.MaxValue, ulong.MaxValue);
        var isPage = hole.Level == SeptLevel.Pt || (hole.Level == SeptLevel.Pd && _choices.OnceIn(2));
        Host(isPage ? td.OpState == TdxOpState.Initialized && _choices.OnceIn(2) ? TdxFunction.MemPageAdd : TdxFunction.MemPageAug : TdxFunction.MemSeptAdd, registers);
    }

    // BLOCK, TRACK, the vCPUs out: each mostly.
    private PageInfo? Prepare(Td td, Func<SeptRow, bool> isWanted)
    {
        if (Row(td, isWanted) is not { } row)
        {
            return null;
        }

        var place = new PageInfo(row.Gfn.Address, row.Level);
        if (!_choices.OnceIn(8))
        {
            Host(TdxFunction.MemRangeBlock, new(place.Raw, td.Tdr.Address.Value));
        }

        Track(td);
        return place;
    }

    private void Track(Td td)
    {
        if (!_choices.OnceIn(8))
        {
            Host(TdxFunction.MemTrack, new(td.Tdr.Address.Value));
        }

        foreach (var vcpu in td.Vcpus.Where(vcpu => vcpu.IsInside).ToArray())
        {
            if (!_choices.OnceIn(8))
            {
                Exit(vcpu);
            }
        }
    }

    private void TakePage()
    {
        if (AnyLiveTd() is { } td && Prepare(td, row => row.Level < SeptLevel.Pdpt) is { } place)
        {
            var isTable = td.Sept!.Walk(place.Gpa.Frame, place.Level).Entry.State.IsTable();
            Interfere(td, place, FreePage());
            Host(_choices.Below(6) switch
            {
                0 => TdxFunction.MemRangeUnblock,
                1 => TdxFunction.MemSeptRemove,
                _ => isTable ? TdxFunction.MemSeptRemove : TdxFunction.MemPageRemove,
            }, new(place.Raw, td.Tdr.Address.Value, R9: ulong.MaxValue, R10: ulong.MaxValue, R11: ulong.MaxValue));
        }
    }

    private void Resize()
    {
        var isSplit = _choices.OnceIn(2);
        if (AnyLiveTd() is { } td && Prepare(td, row => isSplit ? row.Entry.IsLeaf && row.Level >= SeptLevel.Pd : row.Entry.State.IsTable() && row.Level == SeptLevel.Pd) is { } place)
        {
            var function = isSplit ? TdxFunction.MemPageDemote : TdxFunction.MemPagePromote;
            var registers = new TdxRegisters(place.Raw, td.Tdr.Address.Value, PageFor(SeptLevel.Pt), ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);
            Interfere(td, place, registers.R8);
            if (Host(function, registers).Status.Code == TdxStatusCode.InterruptedRestartable)
            {
                Host(function, registers);
            }
        }
    }

    private void Relocate()
    {
        if (AnyLiveTd() is { } td && Prepare(td, row => row.Level == SeptLevel.Pt) is { } place)
        {
            var page = _choices.OnceIn(8) ? td.Sept!.Walk(place.Gpa.Frame, place.Level).Entry.Page(place.Level).Address.Value : PageFor(SeptLevel.Pt);
            Interfere(td, place, page);
            Host(TdxFunction.MemPageRelocate, new(place.Raw, td.Tdr.Address.Value, page));
        }
    }

    // 512 pages beside each other, so that they can become one.
    private void FillTable()
    {
        if (AnyLiveTd() is not { } td || Row(td, row => row is { Level: SeptLevel.Pd } && row.Entry.State == SeptEntryState.NonLeafMapped) is not { } row)
        {
            return;
        }

        var large = FreeLarge();
        if (!Module.Pamt.IsFree2M(new Spa(large).Frame) || td.Sept!.Rows().Any(other => other.Level == SeptLevel.Pt && other.Gfn.Value >> 9 == row.Gfn.Value >> 9))
        {
            return;
        }

        for (var page = 0UL; page < 512; page++)
        {
            Host(TdxFunction.MemPageAug, new(row.Gfn.Address.Value + (page << 12), td.Tdr.Address.Value, large + (page << 12)));
        }

        Prepare(td, other => other.Gfn == row.Gfn && other.Level == SeptLevel.Pd);
        Host(TdxFunction.MemPagePromote, new(row.Gfn.Address.Value | 1, td.Tdr.Address.Value));
    }

    private void Teardown()
    {
        if (AnyTd() is not { } td || !_choices.OnceIn(3))
        {
            return;
        }

        var tdr = td.Tdr.Address.Value;
        foreach (var vcpu in td.Vcpus.ToArray())
        {
            Exit(vcpu);
            Host(TdxFunction.VpFlush, new(vcpu.Tdvpr.Address.Value), processor: vcpu.Processor ?? 0);
        }

        Host(TdxFunction.MngVpFlushDone, new(tdr));
        for (var processor = 0; processor < Module.Platform.Packages * Module.Platform.ProcessorsPerPackage; processor += Module.Platform.ProcessorsPerPackage)
        {
            for (var command = 0UL; Host(TdxFunction.PhymemCacheWb, new(command), processor: processor).Status.Code == TdxStatusCode.InterruptedResumable;)
            {
                command = 1;
            }
        }

        if (Host(TdxFunction.MngKeyFreeid, new(tdr)).IsSuccess)
        {
            Reclaim(td);
        }
    }

    private void Reclaim(Td td)
    {
        foreach (var run in Module.Pamt.Runs().Where(run => run.Entry.IsUsed && run.Entry.Type != PageType.Tdr && run.Entry.Owner == td.Tdr).ToArray())
        {
            if (!_choices.OnceIn(400))
            {
                Host(TdxFunction.PhymemPageReclaim, new(run.Frame.Address.Value));
            }
        }

        Host(TdxFunction.PhymemPageReclaim, new(td.Tdr.Address.Value));
    }
}
