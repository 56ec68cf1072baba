using Xunit;

namespace GuestMemory.Rmp.Tests.Host;

/// <content>Steps of the guests, and calls on a VM that is there.</content>
internal sealed partial class HostSequence
{
    private static readonly SnpCommand[] s_commands = [SnpCommand.Init2, SnpCommand.LaunchStart, SnpCommand.LaunchUpdate, SnpCommand.LaunchUpdate, SnpCommand.LaunchFinish, 0];
    private readonly HashSet<Pfn> _leaked = [];

    /// <summary>A step, then everything that has to hold.</summary>
    public void Check(HostStep step)
    {
        Apply(step);
        AssertSound();
        foreach (var run in Machine.Frames.Runs)
        {
            for (var frame = run.Start; run.Value.State == FrameState.Leaked && frame < run.End; frame++)
            {
                _leaked.Add(new(frame));
            }
        }

        Assert.All(_leaked, frame => Assert.Equal(FrameState.Leaked, Machine.Frames[frame]));
    }

    /// <summary>Notes what was reached that no single step says.</summary>
    public void NoteCounts()
    {
        Note("leaked", Machine.Frames.CountOf(FrameState.Leaked) > 0);
        Note("fault repaired", Host.RepairedFaults > 0);
        Note("spurious fault", Host.SpuriousFaults > 0);
        Note("warned", Host.Warnings > 0);
    }

    private void Note(string what, bool isReached)
    {
        if (isReached)
        {
            Reached.Add(what);
        }
    }

    private void ApplyToVm(HostVm vm, HostStep step)
    {
        var (first, count) = RangeOf(step);
        switch (step.Call)
        {
            case HostCall.Convert:
                KvmSnp.Done(Kvm.SetMemoryAttributes(vm.Vm, step.Bits % 16 == 0 ? BufferAt : At + (first * Page), step.Bits % 16 == 0 ? Page : count * Page, step.Bit(4) || step.Bit(5) ? Private : 0));
                break;
            case HostCall.DeleteSlot when step.Bit(4):
                DeleteSlot(vm);
                break;
            case HostCall.CreateSlot when !vm.HasSlot && vm.File >= 0:
                AddSlot(vm);
                break;
            case HostCall.CloseVm when step.Bit(4):
                CloseVm(vm);
                break;
            case HostCall.PreFault:
                var (at, left) = (At + (first * Page), count * Page);
                Kvm.PreFaultMemory(vm.Vm, ref at, ref left, 0, out _);
                break;
            case HostCall.Command when vm.Type == 4:
                Command(vm, step, s_commands[step.Bits % 6]);
                break;
            case HostCall.Launch when vm.Type == 4:
                Launch(vm, step);
                break;
            case HostCall.AnswerPageStates when vm.Asked is { } asked:
                Answer(vm, step, asked);
                break;
            case HostCall.Load or HostCall.Store when vm.Asked is null:
                Access(vm, step, step.Bit(6) && step.Bit(7) && step.Bit(8) ? Slot : PageOf(step));
                break;
            case HostCall.Validate or HostCall.Adjust or HostCall.Query when vm is { Type: 4, Asked: null }:
                Instruct(vm, step);
                break;
            case HostCall.AskPageStates when vm is { Type: 4, Asked: null }:
                Ask(vm, step);
                break;
        }
    }

    private ulong GpaOf(ulong page) => page == Slot ? BufferAt : At + (page * Page);

    private void Access(HostVm vm, HostStep step, ulong page)
    {
        var asks = vm.Type == 4 ? step.AsksPrivate : null;
        var gpa = GpaOf(page) + Word;
        var isPrivateNow = Kvm.VmOf(vm.Vm)!.Attributes.KindOf(new Gpa(gpa).Frame) == PageKind.Private;
        var isPrivate = asks ?? isPrivateNow;
        var word = isPrivate ? Books.NextSecret() : Books.NextShared();
        var isWrite = step.Call == HostCall.Store;
        var exit = isWrite ? Kvm.GuestStore(vm.Vm, gpa, 8, word, asks) : Kvm.GuestLoad(vm.Vm, gpa, 8, asks);
        Reached.Add($"{(isPrivate ? "private" : "shared")} access {exit.Reason}");
        if (exit.Reason == ExitReason.MemoryFault)
        {
            Reached.Add($"memory fault {exit.Flags}");
        }

        if (exit.Reason != ExitReason.Hlt)
        {
            return;
        }

        if (isWrite)
        {
            Assert.Equal(isPrivate, isPrivateNow);
            Books.Wrote(step.Vm, page, isPrivate, word);
        }
        else
        {
            See(step.Vm, page, isPrivate, isPrivateNow, exit.Value);
        }
    }

    private void See(int vm, ulong page, bool isPrivate, bool isPrivateNow, ulong word)
    {
        if (isPrivate)
        {
            Assert.True(isPrivateNow);
            Books.SeenPrivate(vm, page, word);
        }
        else if (isPrivateNow)
        {
            HostBooks.SeenRaw(word);
        }
        else
        {
            Books.SeenShared(vm, page, word);
        }
    }

    private void Instruct(HostVm vm, HostStep step)
    {
        var isLarge = step.IsLarge && Slot > 512;
        var gpa = At + (PageOf(step) * Page);
        var (function, third) = step.Call switch
        {
            HostCall.Validate => (SnpGuestFunction.Pvalidate, step.Bits % 4 != 0 ? 1UL : 0),
            HostCall.Adjust => (SnpGuestFunction.RmpAdjust, (ulong)(step.Bits & 0xf03)),
            _ => (SnpGuestFunction.RmpQuery, (ulong)(step.Bits & 3)),
        };
        ulong[] registers = [isLarge ? gpa & ~0x1f_ffffUL : gpa, isLarge ? 1UL : 0, third];
        var exit = Kvm.GuestCall(vm.Vm, (uint)function, registers);
        Reached.Add($"{function} {exit.Reason}");
        Note("2M accepted", function == SnpGuestFunction.Pvalidate && isLarge && third == 1 && exit.Reason == ExitReason.Hlt && registers[0] == 0);
    }

    private void Ask(HostVm vm, HostStep step)
    {
        // Mostly the page kept for it, sometimes any other, whatever its kind.
        var page = step.Bits % 8 == 0 ? PageOf(step) : Slot;
        var gpa = GpaOf(page);
        var entries = step.Count;
        var operation = step.Bit(4) ? PscOperation.Private : PscOperation.Shared;
        var isLarge = step.IsLarge && Slot > 512;
        var stored = Kvm.GuestStore(vm.Vm, gpa, 8, (ulong)(entries - 1) << 16, false).Reason == ExitReason.Hlt;
        for (var index = 0; stored && index < entries; index++)
        {
            var asked = ((PageOf(step) & (isLarge ? ~511UL : ~0UL)) + (ulong)(index * (isLarge ? 512 : 1))) % Slot;
            Kvm.GuestStore(vm.Vm, gpa + 8 + (8 * (ulong)index), 8, PscEntry.Of(operation, new((At >> 12) + asked), isLarge).Value, false);
        }

        Settle(vm, Kvm.GuestCall(vm.Vm, (uint)SnpGuestFunction.PageStateChange, [gpa, 8 + (8 * (ulong)entries), 0]));
    }

    private void Settle(HostVm vm, VcpuExit exit)
    {
        vm.Asked = exit.Reason == ExitReason.Hypercall ? exit : null;
        Reached.Add(exit.Reason == ExitReason.Hlt ? $"page states 0x{exit.Value:x}" : $"page states {exit.Reason}");
    }

    private void Answer(HostVm vm, HostStep step, VcpuExit asked)
    {
        if (step.Bits % 4 != 0)
        {
            KvmSnp.Done(Kvm.SetMemoryAttributes(vm.Vm, asked.Gpa.Value, asked.Size * Page, (asked.Flags & 16) != 0 ? Private : 0));
            var first = (asked.Gpa.Value - At) / Page;
            if ((asked.Flags & 16) == 0 && vm.File >= 0)
            {
                KvmSnp.Done(Kvm.Fallocate(vm.File, 3, (long)(first * Page), (long)(asked.Size * Page)));
                Books.Forget(step.Vm, first, asked.Size);
            }
        }

        Settle(vm, Kvm.CompleteHypercall(vm.Vm, step.Bits % 8 == 4 ? 1UL : 0));
    }
}
