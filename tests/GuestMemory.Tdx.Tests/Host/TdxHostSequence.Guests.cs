namespace GuestMemory.Tdx.Tests.Host;

/// <content>Steps of the guests.</content>
internal sealed partial class TdxHostSequence
{
    private const ulong SharedBit = 1UL << 47;

    private void Load() => Access(Any, isWrite: false);

    private void Store() => Access(Any, isWrite: true);

    private void Access(TdxHostVm vm, bool isWrite)
    {
        if (GuestOf(vm) is not { } guest)
        {
            return;
        }

        var page = AnyPage;
        bool? asks = vm.IsTdx ? !_choices.OnceIn(5) : null;
        var gpa = At + (page * Page) + Word;
        var isPrivate = asks ?? guest.Attributes.KindOf(new Gpa(gpa).Frame) == PageKind.Private;
        var word = _books.Next(isPrivate);
        var exit = Tried(() => isWrite ? Kvm.GuestStore(vm.Vm, gpa, 8, word, asks) : Kvm.GuestLoad(vm.Vm, gpa, 8, asks));
        Note($"{(isPrivate ? "private" : "shared")} access {exit?.Reason} {exit?.Errno}", vm.IsTdx);
        Note($"decided by {exit?.DecidedBy?.Id}", vm.IsTdx && exit?.DecidedBy is not null);
        if (exit?.Reason != ExitReason.Hlt)
        {
            return;
        }

        if (isWrite)
        {
            _books.Wrote(vm.Number, page, isPrivate, word);
        }
        else
        {
            _books.Seen(vm.Number, page, isPrivate, exit.Value.Value);
        }
    }

    private void Accept()
    {
        var vm = _vms[_choices.Below(2)];
        if (GuestOf(vm) is null)
        {
            return;
        }

        // A conversion that was asked for is given up.
        vm.Asked = null;
        var level = _slot > 512 && _choices.OnceIn(3) ? SeptLevel.Pd : SeptLevel.Pt;
        var page = AnyPage & ~(level.FrameCount() - 1);
        var exit = Tried(() => Kvm.GuestCall(vm.Vm, (uint)TdxGuestFunction.PageAccept, [(At + (page * Page)) | (ulong)level, 0, 0]));
        Note($"accept {exit?.Reason} 0x{exit?.Value:x}");
        if (exit is { Reason: ExitReason.Hlt, Value: 0 })
        {
            // Fresh from here on: what was there before must not be seen.
            _books.Forget(vm.Number, page, level.FrameCount());
        }
    }

    private void AskMapGpa()
    {
        var vm = _vms[_choices.Below(2)];
        if (GuestOf(vm) is null)
        {
            return;
        }

        var (first, count) = AnyRange;
        var gpa = (At + (first * Page)) | (_choices.OnceIn(2) ? SharedBit : 0);
        var size = _choices.OnceIn(8) ? 0x800 : count * Page * (_slot > 512 ? 2UL : 1);
        Settle(vm, Tried(() => Kvm.GuestCall(vm.Vm, (uint)TdxGuestFunction.MapGpa, [gpa, size, 0])));
    }

    private void AnswerMapGpa()
    {
        var vm = _vms[_choices.Below(2)];
        if (GuestOf(vm) is null || vm.Asked is not { } asked)
        {
            return;
        }

        if (!_choices.OnceIn(4))
        {
            SetAttributes(vm, (asked.Gpa.Value - At) / Page, asked.Size, (asked.Flags & 16) != 0);
        }

        Settle(vm, Kvm.CompleteHypercall(vm.Vm, _choices.OnceIn(6) ? 22UL : 0));
    }

    private void Settle(TdxHostVm vm, VcpuExit? exit)
    {
        vm.Asked = exit?.Reason == ExitReason.Hypercall ? exit : null;
        Note($"map gpa {exit?.Reason} 0x{exit?.Value:x}");
    }

    // A run that would wait for another processor's lock: it lets go, and the guest tries again some other time.
    private VcpuExit? Tried(Func<VcpuExit> run)
    {
        try
        {
            return run();
        }
        catch (InvalidOperationException waits) when (Module.Locks.Any && waits.Message.Contains("lock of its", StringComparison.Ordinal))
        {
            Note("waits for a lock");
            ReleaseLocks();
            return null;
        }
    }
}
