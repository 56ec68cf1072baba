using GuestMemory.Kvm;
using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <content>Steps of the VMM, and of other processors.</content>
internal sealed partial class TdxHostSequence
{
    private readonly List<HeldLock> _held = [];
    private bool _releasesAtKick;

    private void Convert()
    {
        var (vm, (first, count)) = (Any, AnyRange);
        if (GuestOf(vm) is not null)
        {
            SetAttributes(vm, first, count, !_choices.OnceIn(3));
        }
    }

    private void SetAttributes(TdxHostVm vm, ulong first, ulong count, bool isPrivate)
    {
        var changes = !GuestOf(vm)!.Attributes.HasAll(new(new Gpa(At).Frame + first, count), isPrivate ? MemoryAttributes.Private : 0);
        var result = Kvm.SetMemoryAttributes(vm.Vm, At + (first * Page), count * Page, isPrivate ? Private : 0);
        Assert.True(result.Errno is Errno.OK or Errno.EIO or Errno.ENOMEM, result.ToString());
        Note($"convert {result.Errno}", vm.IsTdx);
        if (vm.IsTdx && changes && result.Errno != Errno.ENOMEM)
        {
            _books.Forget(vm.Number, first, count);
        }
    }

    private void Punch()
    {
        var (vm, (first, count)) = (Any, AnyRange);
        if (vm.File < 0)
        {
            return;
        }

        var result = Kvm.Fallocate(vm.File, 3, (long)(first * Page), (long)(count * Page));
        Assert.True(result.Errno is Errno.OK or Errno.EBUSY, result.ToString());
        Note($"punch {result.Errno}", vm.IsTdx);
        if (result.IsSuccess)
        {
            _books.Forget(vm.Number, first, count);
        }
    }

    private void Allocate()
    {
        var (vm, (first, count)) = (Any, AnyRange);
        if (vm.File >= 0)
        {
            Kvm.Fallocate(vm.File, 1, (long)(first * Page), (long)(count * Page));
        }
    }

    private void HostStore()
    {
        var (vm, page, word) = (Any, AnyPage, _books.Next(isPrivate: false));
        if (Kvm.Store(vm.Memory + (page * Page) + Word, 8, word) == HostFault.None)
        {
            _books.Wrote(vm.Number, page, false, word);
        }
    }

    private void HostLoad()
    {
        var (vm, page) = (Any, AnyPage);
        if (Kvm.Load(vm.Memory + (page * Page) + Word, 8, out var word) == HostFault.None)
        {
            _books.Seen(vm.Number, page, false, word);
        }
    }

    private void Discard()
    {
        var (vm, page) = (Any, AnyPage);
        KvmTdx.Done(Kvm.Madvise(vm.Memory + (page * Page), Page, MemoryAdvice.DontNeed, out _));
        _books.Discard(vm.Number, page);
    }

    private void DeleteSlot()
    {
        var vm = Any;
        if (GuestOf(vm) is { IsDead: false } && vm.HasSlot)
        {
            var result = Kvm.SetUserMemoryRegion2(vm.Vm, new(0, 0, 0, 0, 0));
            vm.HasSlot = !result.IsSuccess;
            _books.Forget(vm.Number, 0, vm.IsTdx ? _slot : 0);
            Note("slot deleted", vm.IsTdx);
        }
    }

    private void CreateSlot()
    {
        var vm = Any;
        if (GuestOf(vm) is { IsDead: false } && !vm.HasSlot)
        {
            AddSlot(vm);
        }
    }

    private void PreFault()
    {
        var (vm, (first, count)) = (Any, AnyRange);
        if (GuestOf(vm) is not null)
        {
            Tried(() =>
            {
                var (at, left) = (At + (first * Page), count * Page);
                var result = Kvm.PreFaultMemory(vm.Vm, ref at, ref left, 0, out _);
                Note($"pre-fault {result.Errno}", vm.IsTdx);
                return default;
            });
        }
    }

    private KvmResult Run(TdxHostVm vm, TdxCommand command, byte[] block)
    {
        var result = Kvm.MemoryEncryptOp(vm.Vm, (uint)command, block);
        Note($"{command} {result.Errno}");
        return result;
    }

    private void Command()
    {
        var vm = _vms[_choices.Below(2)];
        if (GuestOf(vm) is not null)
        {
            var page = AnyPage;
            var command = _choices.OnceIn(10) ? TdxCommand.TerminateVm : _choices.Of(TdxCommand.InitVm, TdxCommand.InitVcpu, TdxCommand.InitMemRegion, TdxCommand.FinalizeVm);
            var block = command == TdxCommand.InitMemRegion ? KvmTdx.Block(vm.Memory + (page * Page), At + (page * Page), 2, 1) : KvmTdx.Block(_setup.Attributes, 48);
            Run(vm, command, block);
        }
    }

    private void Launch() => LaunchOf(_vms[_choices.Below(2)]);

    private void LaunchOf(TdxHostVm vm)
    {
        if (GuestOf(vm) is not null)
        {
            Run(vm, TdxCommand.InitVm, KvmTdx.Block(_setup.Attributes, 48));
            Run(vm, TdxCommand.InitVcpu, KvmTdx.Block());
            Run(vm, TdxCommand.InitMemRegion, KvmTdx.Block(vm.Memory, At, 1, 1));
            if (!_choices.OnceIn(3))
            {
                Run(vm, TdxCommand.FinalizeVm, KvmTdx.Block());
            }
        }
    }

    private void CloseFile()
    {
        if (_choices.OnceIn(2))
        {
            CloseFileOf(Any);
        }
    }

    private void CloseVm() => CloseVmOf(Any);

    private void Recreate()
    {
        var vm = Any;
        if (vm.Vm < 0)
        {
            CloseFileOf(vm);
            Create(vm);
            Note("VM made anew");
        }
        else if (GuestOf(vm) is { IsDead: true })
        {
            CloseVmOf(vm);
        }
        else if (vm.File < 0 && !vm.HasSlot)
        {
            CreateFile(vm);
        }
    }

    private void Interrupt() => Module.Interrupts.Arm((ulong)_choices.Below(6));

    private void Move()
    {
        var (vm, page) = (_vms[_choices.Below(2)], AnyPage);
        if (GuestOf(vm) is { } guest)
        {
            var outcome = Host.MovePage(guest, new Gpa(At).Frame + page);
            Note(outcome.IsSuccess ? "moved" : $"not moved: {outcome.DecidedBy?.Id}");
        }
    }

    private void Resize()
    {
        var (vm, page) = (_vms[_choices.Below(2)], AnyPage);
        if (GuestOf(vm) is not { IsDead: false } guest || _slot < 512)
        {
            return;
        }

        var (splits, gfn) = (_choices.OnceIn(2), new Gpa(At).Frame + (page & ~511UL));
        var answer = splits ? guest.Mmu.Split(gfn) : guest.Mmu.Merge(gfn, PageSize.Size2M);
        Note($"{(splits ? "split" : "merge")} {answer.Verdict}");
    }

    // The host writes a line of a page a guest has accepted.
    private void Break()
    {
        var (vm, page) = (_vms[_choices.Below(2)], AnyPage);
        if (_setup.Integrity != MemoryIntegrity.None && FrameOf(vm, page) is { } frame && Module.Memory.LineAt(frame.Address + Word).IsOwned)
        {
            Module.HostWrite(frame.Address + Word, 8, 0xbad);
            _books.Forget(vm.Number, page, 1);
            Note("line broken");
        }
    }

    private void Squeeze()
    {
        if (_squeezed.Count == 0)
        {
            _squeezed.AddRange(KvmTdx.Exhaust(Machine, _choices.Of<ulong>(0, 0, 1, 2, 4, 9)));
        }
    }

    private void Loosen()
    {
        _squeezed.ForEach(Machine.Frames.GiveBack);
        _squeezed.Clear();
    }

    private void HoldLock()
    {
        var vm = _vms[_choices.Below(2)];
        if (Module.Locks.Any || GuestOf(vm) is not { } guest || Host.Find(guest.Id) is not { } td)
        {
            return;
        }

        var frame = FrameOf(vm, AnyPage) ?? td.Tdr;
        var held = _choices.Of(
            HeldLock.SeptTree(td.Tdr), HeldLock.Epoch(td.Tdr), HeldLock.OpState(td.Tdr), HeldLock.Pamt(PageSize.Size4K, td.Tdr), HeldLock.Pamt(PageSize.Size4K, frame),
            HeldLock.Pamt(PageSize.Size2M, frame), HeldLock.Keys, HeldLock.CacheWriteBack(0));
        Module.Locks.Take(held, exclusive: !_choices.OnceIn(3));
        _held.Add(held);
        _releasesAtKick = !_choices.OnceIn(8);
    }

    private void ReleaseAtKick()
    {
        if (_releasesAtKick)
        {
            ReleaseLocks();
        }
    }

    private void ReleaseLocks()
    {
        _held.ForEach(Module.Locks.Release);
        _held.Clear();
    }
}
