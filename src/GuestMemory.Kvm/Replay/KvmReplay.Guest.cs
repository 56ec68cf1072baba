namespace GuestMemory.Kvm;

/// <content>What the vCPU does.</content>
public sealed partial class KvmReplay
{
    private bool TryApplyGuest(KvmHost kvm, ReadOnlySpan<byte> operation, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var isAccess = operation.StartsWith("guest_"u8);
        if (!isAccess && !operation.SequenceEqual("pre_fault_memory"u8))
        {
            return false;
        }

        // Where every access is emulated, the recording says what that backend does with a guest that is not its own.
        outcome.Compared = kvm.Host.GuestAccessPath == GuestAccessPath.Translations;
        if (!TryVm(arguments, out var vm) || !kvm.HasVcpu(vm))
        {
            NoHandle(ref outcome);
            return true;
        }

        if (!isAccess)
        {
            PreFault(kvm, vm, arguments, ref outcome);
            return true;
        }

        return TryAccess(kvm, operation["guest_"u8.Length..], vm, arguments, ref outcome);
    }

    private static bool TryAccess(KvmHost kvm, ReadOnlySpan<byte> access, int vm, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var gpa = arguments.UInt64("gpa"u8);
        if (access.SequenceEqual("exec"u8))
        {
            Exit(ref outcome, kvm.GuestExecute(vm, gpa), reads: false);
            return true;
        }

        var length = (int)Math.Min(arguments.UInt64("len"u8), 9);
        if (length is < 1 or > 8)
        {
            throw new FormatException("argument \"len\" of a guest access is 1 to 8");
        }

        if (access.SequenceEqual("load"u8))
        {
            Exit(ref outcome, kvm.GuestLoad(vm, gpa, length), reads: true);
        }
        else if (access.SequenceEqual("store"u8))
        {
            Exit(ref outcome, kvm.GuestStore(vm, gpa, length, arguments.UInt64("value"u8)), reads: false);
        }
        else if (access.SequenceEqual("xadd"u8))
        {
            Exit(ref outcome, kvm.GuestExchangeAdd(vm, gpa, length, arguments.UInt64("value"u8)), reads: true);
        }
        else
        {
            return false;
        }

        return true;
    }

    private static void Exit(ref TraceOutcome outcome, in VcpuExit exit, bool reads)
    {
        outcome.Text("result"u8, NameOf(exit.Errno));
        outcome.DecidedBy = exit.DecidedBy;
        switch (exit.Reason)
        {
            case ExitReason.Hlt:
                outcome.Text("exit"u8, "HLT"u8);
                if (reads)
                {
                    outcome.Hex("value"u8, exit.Value);
                }

                break;
            case ExitReason.Mmio:
                outcome.Text("exit"u8, "MMIO"u8);
                Fragments(ref outcome, exit);
                break;
            case ExitReason.MemoryFault:
                outcome.Text("exit"u8, "MEMORY_FAULT"u8);
                outcome.Hex("flags"u8, exit.Flags);
                outcome.Hex("gpa"u8, exit.Gpa.Value);
                outcome.Hex("size"u8, exit.Size);
                break;
            case ExitReason.Signal:
                outcome.Text("exit"u8, "SIGNAL"u8);
                Signal(ref outcome);
                break;
            case ExitReason.InternalError:
                outcome.Text("exit"u8, "INTERNAL_ERROR"u8);
                outcome.Number("suberror"u8, exit.SubError);
                break;
            default:
                outcome.Text("exit"u8, "UNKNOWN"u8);
                break;
        }
    }

    private static void Fragments(ref TraceOutcome outcome, in VcpuExit exit)
    {
        outcome.OpenList("mmio"u8);
        for (var index = 0; index < exit.FragmentCount; index++)
        {
            var fragment = exit.Fragment(index);
            outcome.OpenItem();
            outcome.Hex("gpa"u8, fragment.Gpa.Value);
            outcome.Number("len"u8, fragment.Length);
            outcome.Flag("write"u8, fragment.IsWrite);
            if (fragment.IsWrite)
            {
                outcome.Hex("data"u8, fragment.Data);
            }

            outcome.CloseItem();
        }

        outcome.CloseList();
    }

    private static void PreFault(KvmHost kvm, int vm, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var address = arguments.UInt64("gpa"u8);
        var size = arguments.UInt64("size"u8);
        var result = kvm.PreFaultMemory(vm, ref address, ref size, arguments.UInt64("flags"u8), out var signalled);
        Result(ref outcome, result);
        outcome.Hex("gpa_after"u8, address);
        outcome.Hex("size_after"u8, size);
        if (signalled)
        {
            Signal(ref outcome);
        }
    }
}
