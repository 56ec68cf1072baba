namespace GuestMemory.Tdx.Tests.Sequences;

/// <content>Exports and imports.</content>
internal sealed partial class TdxSequence
{
    private const ulong Buffers = List + 0x1000;
    private const ulong NewPages = List + 0x2000;
    private const ulong BundleAt = List + 0x3000;

    private TdxRegisters MigrationOperands(TdxFunction function, ulong tdr, PageInfo place) => function switch
    {
        TdxFunction.ExportBlockw or TdxFunction.ExportRestore or TdxFunction.ExportMem or TdxFunction.ImportMem => ListOperands(tdr, place),
        TdxFunction.ExportUnblockw => new(place.Raw, tdr),
        _ when HostFunctionTable.Find(function) is { TdRegister: TdxOperand.Rdx } => new(Odd(), tdr, Odd()),
        _ => new(tdr, R8: Bundle(), R10: _choices.Below(_isCalm ? 2 : 8) switch { 0 => 1UL << 63, 1 or 2 or 3 => 0, 4 => 1, _ => _choices.OnceIn(2) ? 0 : 1UL << 63 }),
    };

    private TdxRegisters ListOperands(ulong tdr, PageInfo place)
    {
        var entries = 1 + _choices.Below(3);
        for (var index = 0; index < entries; index++)
        {
            var operation = _choices.Of(GpaListOperation.Migrate, GpaListOperation.Migrate, GpaListOperation.Migrate, GpaListOperation.Cancel, GpaListOperation.Remigrate, GpaListOperation.Nop);
            var entry = new GpaListEntry(index == 0 ? place.Gpa : new(s_gpas[_choices.Below(s_gpas.Length)]), operation, _choices.OnceIn(4));
            var odd = _choices.OnceIn(30) ? 1UL << _choices.Below(64) : 0;
            Module.Memory.Contents.Write(new(List + ((ulong)index * 8)), 8, entry.Raw ^ odd);
            Module.Memory.Contents.Write(new(Buffers + ((ulong)index * 8)), 8, Noise(6) ? Odd() : 0x30_0000UL);
            Module.Memory.Contents.Write(new(NewPages + ((ulong)index * 8)), 8, Noise(4) ? Odd() : FreePage());
        }

        Checker.Restart(Module);
        var list = new GpaListInfo(new Spa(List), entries - 1).Raw ^ (Noise(16) ? 1UL << _choices.Below(64) : 0);
        return new(list, tdr, R9: Buffers, R10: Noise(12) ? 1UL << 63 : 0, R13: _choices.OnceIn(5) ? ulong.MaxValue : NewPages);
    }

    // Metadata of a bundle, its migration epoch at byte 12.
    private ulong Bundle()
    {
        Module.Memory.Contents.Write(new(BundleAt + 12), 4, _choices.Of(0u, 1u, 2u, 3u, 4u, 5u, uint.MaxValue));
        Checker.Restart(Module);
        return Noise(10) ? Odd() : BundleAt | (64UL << 52);
    }

    // As the recordings' emu.opstate: the TD is in another phase of a migration from one moment to the next.
    private void ForceOpState()
    {
        if (AnyLiveTd() is { OpState: not TdxOpState.Initialized } td)
        {
            td.OpState = _choices.Of(
                TdxOpState.Runnable, TdxOpState.LiveExport, TdxOpState.LiveExport, TdxOpState.PausedExport, TdxOpState.PostExport, TdxOpState.MemoryImport,
                TdxOpState.StateImport, TdxOpState.PostImport, TdxOpState.LiveImport);
            Checker.Restart(Module);
            Log.Add($"{td} is {td.OpState}", null, null);
        }
    }

    // A session's next step, for a TD that can make one.
    private void Migrate()
    {
        if (AnyTd() is not { } td)
        {
            return;
        }

        _isCalm = !_choices.OnceIn(4);
        var next = td.OpState switch
        {
            TdxOpState.Uninitialized when td.ControlPages.Count >= Td.FewestControlPages => TdxFunction.ImportStateImmutable,
            TdxOpState.Runnable => _choices.Of(TdxFunction.ExportStateImmutable, TdxFunction.ExportRestore),
            TdxOpState.LiveExport => _choices.Of(TdxFunction.ExportBlockw, TdxFunction.ExportBlockw, TdxFunction.ExportMem, TdxFunction.ExportMem, TdxFunction.ExportUnblockw, TdxFunction.ExportPause, TdxFunction.ExportTrack, TdxFunction.ExportAbort),
            TdxOpState.PausedExport => _choices.Of(TdxFunction.ExportMem, TdxFunction.ExportMem, TdxFunction.ExportTrack, TdxFunction.ExportAbort, TdxFunction.ExportUnblockw),
            TdxOpState.PostExport => _choices.Of(TdxFunction.ExportMem, TdxFunction.ExportMem, TdxFunction.ExportAbort),
            TdxOpState.MemoryImport or TdxOpState.StateImport => _choices.Of(TdxFunction.ImportMem, TdxFunction.ImportMem, TdxFunction.MemSeptAdd, TdxFunction.ImportTrack, TdxFunction.VpCreate),
            TdxOpState.PostImport => _choices.Of(TdxFunction.ImportMem, TdxFunction.ImportCommit, TdxFunction.ImportEnd, TdxFunction.ImportAbort),
            TdxOpState.LiveImport => _choices.Of(TdxFunction.ImportMem, TdxFunction.ImportMem, TdxFunction.ImportEnd),
            _ => TdxFunction.ImportAbort,
        };
        if (HostFunctionTable.Find(next) is not null)
        {
            Track(td);
            _wanted = td.Tdr;
            if (_choices.OnceIn(3))
            {
                OddCall(next);
            }
            else
            {
                Plausible(next);
            }

            _wanted = null;
        }

        _isCalm = false;
    }
}
