namespace GuestMemory.Tdx.Tests.Sequences;

/// <content>Single calls of the host.</content>
internal sealed partial class TdxSequence
{
    private static readonly TdxFunction[] s_memory =
    [
        TdxFunction.MemPageAug, TdxFunction.MemPageAug, TdxFunction.MemSeptAdd, TdxFunction.MemRangeBlock, TdxFunction.MemRangeBlock, TdxFunction.MemTrack, TdxFunction.MemTrack,
        TdxFunction.MemRangeUnblock, TdxFunction.MemPageRemove, TdxFunction.MemSeptRemove, TdxFunction.MemPageDemote, TdxFunction.MemPagePromote, TdxFunction.MemPageRelocate,
        TdxFunction.MemSeptRd, TdxFunction.MemPageAdd, TdxFunction.MrExtend, TdxFunction.MemRd, TdxFunction.MemWr,
    ];

    private static readonly TdxFunction[] s_life =
    [
        TdxFunction.MngCreate, TdxFunction.MngKeyConfig, TdxFunction.MngAddcx, TdxFunction.MngAddcx, TdxFunction.MngInit, TdxFunction.VpCreate, TdxFunction.VpAddcx, TdxFunction.VpAddcx,
        TdxFunction.VpInit, TdxFunction.MrFinalize, TdxFunction.VpEnter, TdxFunction.VpFlush, TdxFunction.VpFlush, TdxFunction.MngVpFlushDone, TdxFunction.MngKeyFreeid,
        TdxFunction.MngKeyReclaimid,
    ];

    private static readonly TdxFunction[] s_physical =
        [TdxFunction.PhymemPageRdmd, TdxFunction.PhymemPageReclaim, TdxFunction.PhymemPageWbinvd, TdxFunction.PhymemCacheWb, TdxFunction.PhymemPamtAdd, TdxFunction.PhymemPamtRemove, TdxFunction.SysTdmrInit];

    // Every function of the model, with operands of no function in particular.
    private void AnyCall()
    {
        var all = HostFunctionTable.All;
        OddCall(all[_choices.Below(all.Count)].Function);
    }

    // What fits but for one register.
    private void OddCall(TdxFunction function)
    {
        var registers = function is TdxFunction.MngVpFlushDone or TdxFunction.MngKeyFreeid && !_choices.OnceIn(8) ? new(Odd()) : CalmOperandsOf(function);
        registers = _choices.Below(9) switch
        {
            8 => registers with { Rcx = registers.Rcx | (40UL << 46) },
            0 => registers with { Rcx = Odd() },
            1 => registers with { Rcx = registers.Rcx ^ (1UL << _choices.Below(64)) },
            2 => registers with { Rdx = registers.Rdx ^ (1UL << _choices.Below(64)) },
            3 or 4 => registers with { R8 = Odd() },
            5 when _choices.OnceIn(2) => registers with { R8 = ulong.MaxValue, R9 = ulong.MaxValue, R10 = ulong.MaxValue, R11 = Odd() },
            5 => registers with { R9 = Odd(), R10 = 1UL << 63 },
            6 => registers with { R13 = Odd() },
            _ => registers with { R9 = Odd(), R10 = _choices.OnceIn(2) ? ulong.MaxValue : 0, R11 = _choices.OnceIn(2) ? ulong.MaxValue : 0 },
        };
        Host(function, registers, Version(), Processor());
    }

    private TdxRegisters CalmOperandsOf(TdxFunction function)
    {
        _isCalm = true;
        var registers = OperandsOf(function);
        _isCalm = false;
        return registers;
    }

    private void MemoryCall() => Plausible(s_memory[_choices.Below(s_memory.Length)]);

    private void LifeCall()
    {
        var function = s_life[_choices.Below(s_life.Length)];
        if (function is not TdxFunction.MngVpFlushDone || _choices.OnceIn(6))
        {
            Plausible(function);
        }
    }

    private void PhysicalCall()
    {
        var function = s_physical[_choices.Below(s_physical.Length)];
        if (HostFunctionTable.Find(function) is not null)
        {
            Plausible(function);
        }
    }

    private void MigrationCall()
    {
        var functions = HostFunctionTable.All.Where(function => function.Function is >= TdxFunction.ExportAbort and <= TdxFunction.ImportStateImmutable).ToArray();
        if (functions.Length > 0)
        {
            Plausible(functions[_choices.Below(functions.Length)].Function);
        }
    }

    private void Plausible(TdxFunction function)
    {
        var registers = OperandsOf(function);
        var vcpu = Module.FindVcpu(new Spa(registers.Rcx & 0x000f_ffff_ffff_f000).Frame);
        Host(function, registers, Version(), Processor(vcpu));
    }

    private TdxRegisters OperandsOf(TdxFunction function)
    {
        var td = AnyTd();
        var tdr = TdOperand();
        var place = PlaceFor(function, td is not null && tdr == td.Tdr.Address.Value ? td : Module.FindTd(new Spa(tdr).Frame));
        return function switch
        {
            TdxFunction.MngCreate => new(_choices.OnceIn(3) ? Odd() : s_tdrs[_choices.Below(s_tdrs.Length)], (ulong)_choices.Of(33, 34, 35, 36, 5, 32, 70, 0x10021)),
            TdxFunction.MngAddcx or TdxFunction.VpCreate => new(PageFor(SeptLevel.Pt), tdr),
            TdxFunction.VpAddcx => new(PageFor(SeptLevel.Pt), VcpuOperand()),
            TdxFunction.MngInit => new(tdr, WriteParameters()),
            TdxFunction.VpInit or TdxFunction.VpEnter or TdxFunction.VpFlush => new(VcpuOperand() | (_choices.OnceIn(20) ? 1UL << _choices.Of(52, 53, 54) : 0)),
            TdxFunction.PhymemPageRdmd or TdxFunction.PhymemPageReclaim => new(_choices.OnceIn(2) ? AnyPage() : Odd()),
            TdxFunction.PhymemPageWbinvd => new(AnyPage() | ((ulong)_choices.Below(40) << 46)),
            TdxFunction.PhymemCacheWb => new((ulong)_choices.Of(0, 1, 1, 2)),
            TdxFunction.MrExtend => new((place.Gpa.Value + ((ulong)_choices.Below(4) * 0x100)) ^ (Noise(8) ? 5UL : 0), tdr),
            TdxFunction.MemRd or TdxFunction.MemWr => new(place.Gpa.Value + _choices.Of(0UL, 8UL, 0x10UL, 3UL), tdr, _choices.Next()),
            TdxFunction.PhymemPamtAdd or TdxFunction.PhymemPamtRemove => new(FreeLarge() | 1, PamtPage(), PamtPage()),
            TdxFunction.SysTdmrInit => new(_choices.Of(TdxWorld.FirstTdmr, TdxWorld.SecondTdmr)),
            >= TdxFunction.ExportAbort and <= TdxFunction.ImportStateImmutable => MigrationOperands(function, tdr, place),
            _ when HostFunctionTable.Find(function) is { TdRegister: TdxOperand.Rcx } => new(tdr),
            _ => new(place.Raw, tdr | Flag(function), PageOperand(function, place), Source(), NoPage(), NoPage()),
        };
    }

    // In a calm hour an entry the function works on.
    private PageInfo PlaceFor(TdxFunction function, Td? td) => _isCalm && td?.Sept is not null && function switch
    {
        TdxFunction.MemPageDemote => Row(td, row => row.Entry.IsLeaf && row.Level >= SeptLevel.Pd),
        TdxFunction.MemPagePromote => Row(td, row => row.Entry.State.IsTable() && row.Level == SeptLevel.Pd),
        TdxFunction.MemSeptRemove => Row(td, row => row.Entry.State.IsTable()),
        TdxFunction.MemPageAug or TdxFunction.MemPageAdd or TdxFunction.ImportMem => null,
        _ => Row(td, row => row.Level == SeptLevel.Pt),
    } is { } row ? new(row.Gfn.Address, row.Level) : _isCalm && td?.Sept is not null ? Hole(td, SeptLevel.Pt) : Place(td);

    private ulong PageOperand(TdxFunction function, PageInfo place) =>
        function == TdxFunction.MemSeptAdd && _choices.OnceIn(8) ? ulong.MaxValue : PageFor(function == TdxFunction.MemPageAug ? place.Level : SeptLevel.Pt);

    private ulong Flag(TdxFunction function) => function is TdxFunction.MemSeptAdd or TdxFunction.MemPageDemote && _choices.OnceIn(3) ? (ulong)_choices.Of(1, 1, 2) : 0;

    private ulong NoPage() => _choices.OnceIn(6) ? FreePage() : ulong.MaxValue;

    private ulong Source() => _choices.Below(8) switch
    {
        0 => Odd(),
        1 => 0x20_0000 | (40UL << 46),
        2 => ulong.MaxValue,
        _ => 0x30_0000,
    };

    private ulong PamtPage() => TdxWorld.SecondTdmr + 0x4000_0000 - ((ulong)(1 + _choices.Below(40)) * 0x1000);

    private ulong WriteParameters()
    {
        TdParameters.Of(_choices.OnceIn(4), _choices.Of(SeptLevel.Pml4, SeptLevel.Pml5, SeptLevel.Pml5, SeptLevel.Pdpt), _choices.OnceIn(2), _choices.OnceIn(2))
            .WriteTo(Module.Memory.Contents, new(Parameters));
        if (_choices.OnceIn(8))
        {
            Module.Memory.Contents.Write(new(Parameters), 8, _choices.Next());
        }

        Checker.Restart(Module);
        return _choices.OnceIn(8) ? Odd() : Parameters;
    }
}
