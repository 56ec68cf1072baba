using GuestMemory.Kvm;
using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>A second VM's life on a machine with few frames left: a step that finds none is made again with more.</summary>
internal sealed class TightTdx(KvmTdx first, List<PfnRange> taken)
{
    private const ulong At = KvmTdx.At;
    private const ulong Page = KvmTdx.Page;
    private const ulong Size = 4 * Page;
    private readonly KvmHost _kvm = first.Kvm;
    private int _vm;
    private int _vcpu;
    private int _file;
    private ulong _memory;

    /// <summary>The steps that found no frame.</summary>
    public HashSet<string> Stopped { get; } = [];

    public void Live()
    {
        _vm = (int)KvmTdx.Done(_kvm.CreateVm(5));
        Whole("init vm", () => first.CommandOf(_vm, TdxCommand.InitVm, KvmTdx.Block(KvmTdx.VeDisable, 48)));
        _vcpu = (int)KvmTdx.Done(_kvm.CreateVcpu(_vm));
        Whole("init vcpu", () => first.CommandOf(_vm, TdxCommand.InitVcpu));
        _file = (int)KvmTdx.Done(_kvm.CreateGuestMemfd(_vm, Size, 0));
        _memory = KvmTdx.Done(_kvm.MapAnonymous(Size));
        KvmTdx.Done(_kvm.SetUserMemoryRegion2(_vm, new(0, MemoryRegion.HasGuestMemfd, At, Size, _memory, 0, _file)));
        KvmTdx.Done(_kvm.SetMemoryAttributes(_vm, At, Size, (ulong)MemoryAttributes.Private));
        Until("source", () => _kvm.Store(_memory, 8, 0x77) == HostFault.None);
        var block = KvmTdx.Block(_memory, At, 2, 1);
        Until("add", () => Succeeds(first.CommandOf(_vm, TdxCommand.InitMemRegion, block)));
        KvmTdx.Done(first.CommandOf(_vm, TdxCommand.FinalizeVm));
        Until("accept", () => Accepts(At + (2 * Page)));
        Until("accept", () => Accepts(At + (3 * Page)));
        Assert.Equal((0x77UL, 0UL), (_kvm.GuestLoad(_vm, At, 8, true).Value, _kvm.GuestLoad(_vm, At + (3 * Page), 8, true).Value));
    }

    public void Close()
    {
        KvmTdx.Done(_kvm.Close(_vm));
        KvmTdx.Done(_kvm.Close(_vcpu));
        KvmTdx.Done(_kvm.Close(_file));
        KvmTdx.Done(_kvm.Munmap(_memory, Size));
        taken.ForEach(first.Machine.Frames.GiveBack);
        taken.Clear();
    }

    // Refused, it took no frame.
    private void Whole(string step, Func<KvmResult> call)
    {
        var before = first.Machine.Frames.CountOf(FrameState.InUse);
        Until(step, () => Succeeds(call()) || Unchanged(before));
    }

    private bool Unchanged(ulong before)
    {
        Assert.Equal(before, first.Machine.Frames.CountOf(FrameState.InUse));
        return false;
    }

    private static bool Succeeds(KvmResult result)
    {
        Assert.True(result.Errno is Errno.OK or Errno.ENOMEM, result.ToString());
        return result.IsSuccess;
    }

    private bool Accepts(ulong gpa)
    {
        var exit = _kvm.GuestCall(_vm, (uint)TdxGuestFunction.PageAccept, [gpa, 0, 0]);
        Assert.True(exit is { Reason: ExitReason.Hlt, Value: 0 } or { Errno: Errno.ENOMEM }, exit.ToString());
        return exit.Reason == ExitReason.Hlt;
    }

    private void Until(string step, Func<bool> isDone)
    {
        while (!isDone())
        {
            Stopped.Add(step);
            taken.ForEach(first.Machine.Frames.GiveBack);
            taken.Clear();
        }
    }
}
