using System.Text;

namespace GuestMemory.Kvm;

/// <content>The process's own memory.</content>
public sealed partial class KvmReplay
{
    private bool TryApplyMemory(KvmHost kvm, ReadOnlySpan<byte> operation, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        if (operation.SequenceEqual("anon"u8))
        {
            var mapped = kvm.MapAnonymous(arguments.UInt64("size"u8));
            if (mapped.IsSuccess)
            {
                _mappings.Bind(arguments.Text("map"u8), mapped.Value);
            }

            Result(ref outcome, mapped);
            return true;
        }

        if (!IsMemoryOperation(operation))
        {
            return false;
        }

        if (!TryAddress(arguments.Text("at"u8), out var address))
        {
            NoHandle(ref outcome);
            return true;
        }

        ApplyMemory(kvm, operation, address, arguments, ref outcome);
        return true;
    }

    private static bool IsMemoryOperation(ReadOnlySpan<byte> operation) =>
        operation.SequenceEqual("load"u8) || operation.SequenceEqual("store"u8) || operation.SequenceEqual("mincore"u8)
        || operation.SequenceEqual("madvise"u8) || operation.SequenceEqual("munmap"u8) || operation.SequenceEqual("mprotect"u8)
        || operation.SequenceEqual("mlock"u8) || operation.SequenceEqual("sysread"u8) || operation.SequenceEqual("syswrite"u8);

    private static void ApplyMemory(KvmHost kvm, ReadOnlySpan<byte> operation, ulong address, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        switch ((char)operation[0], operation.Length)
        {
            case ('l', _):
                Load(kvm, address, ref outcome);
                break;
            case ('s', 5):
                HostResult(ref outcome, kvm.Store(address, 8, arguments.UInt64("value"u8)));
                break;
            case ('m', 7) when operation[1] == (byte)'i':
                Mincore(kvm, address, arguments, ref outcome);
                break;
            case ('m', 7):
                Madvise(kvm, address, arguments, ref outcome);
                break;
            case ('m', 6):
                Result(ref outcome, kvm.Munmap(address, arguments.UInt64("len"u8)));
                break;
            case ('m', 8):
                Result(ref outcome, kvm.Mprotect(address, arguments.UInt64("len"u8), Rights(arguments.Text("prot"u8))));
                break;
            case ('m', _):
                Result(ref outcome, kvm.Mlock(address, arguments.UInt64("len"u8)));
                break;
            case ('s', 7):
                SysRead(kvm, address, ref outcome);
                break;
            default:
                SysWrite(kvm, address, arguments, ref outcome);
                break;
        }
    }

    private static void Load(KvmHost kvm, ulong address, ref TraceOutcome outcome)
    {
        var fault = kvm.Load(address, 8, out var value);
        HostResult(ref outcome, fault);
        if (fault == HostFault.None)
        {
            outcome.Hex("value"u8, value);
        }
    }

    private static void HostResult(ref TraceOutcome outcome, HostFault fault)
    {
        switch (fault)
        {
            case HostFault.None:
                outcome.Text("result"u8, "OK"u8);
                break;
            case HostFault.NotMapped:
                outcome.Text("result"u8, "SIGSEGV"u8);
                outcome.Text("code"u8, "SEGV_MAPERR"u8);
                break;
            case HostFault.NotPermitted:
                outcome.Text("result"u8, "SIGSEGV"u8);
                outcome.Text("code"u8, "SEGV_ACCERR"u8);
                break;
            case HostFault.Poisoned:
                outcome.Text("result"u8, "SIGBUS"u8);
                outcome.Text("code"u8, "BUS_MCEERR_AR"u8);
                break;
            case HostFault.NoPage:
                outcome.Text("result"u8, "SIGBUS"u8);
                outcome.Text("code"u8, "BUS_ADRERR"u8);
                break;
            default:
                throw new OutsideModelException("MB-10", "a process that runs out of memory");
        }
    }

    private static void Signal(ref TraceOutcome outcome)
    {
        outcome.Text("signal"u8, "SIGBUS"u8);
        outcome.Text("code"u8, "BUS_MCEERR_AR"u8);
    }

    private static void Mincore(KvmHost kvm, ulong address, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var result = kvm.Mincore(address, arguments.UInt64("len"u8), out var resident);
        Result(ref outcome, result);
        if (result.IsSuccess)
        {
            Digits(ref outcome, "resident"u8, resident);
        }
    }

    private static void Madvise(KvmHost kvm, ulong address, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var result = kvm.Madvise(address, arguments.UInt64("len"u8), AdviceOf(arguments.Text("advice"u8)), out var signalled);
        Result(ref outcome, result);
        if (signalled)
        {
            Signal(ref outcome);
        }
    }

    private static MemoryAdvice AdviceOf(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name) switch
    {
        "dontneed" => MemoryAdvice.DontNeed,
        "free" => MemoryAdvice.Free,
        "remove" => MemoryAdvice.Remove,
        "mergeable" => MemoryAdvice.Mergeable,
        "unmergeable" => MemoryAdvice.Unmergeable,
        "collapse" => MemoryAdvice.Collapse,
        "wipeonfork" => MemoryAdvice.WipeOnFork,
        "populate_read" => MemoryAdvice.PopulateRead,
        "populate_write" => MemoryAdvice.PopulateWrite,
        "hwpoison" => MemoryAdvice.HwPoison,
        "soft_offline" => MemoryAdvice.SoftOffline,
        "normal" or "random" or "sequential" or "willneed" or "cold" or "pageout" or "hugepage" or "nohugepage" or "dontfork" or "dofork"
            or "dontdump" or "dodump" or "keeponfork" => MemoryAdvice.NoEffect,
        var other => throw new FormatException($"\"{other}\" is no advice"),
    };

    private static void SysRead(KvmHost kvm, ulong address, ref TraceOutcome outcome)
    {
        var result = kvm.CopyFrom(address, out var value);
        Result(ref outcome, result);
        if (result.IsSuccess)
        {
            outcome.Number("count"u8, (long)result.Value);
            outcome.Hex("value"u8, value);
        }
    }

    private static void SysWrite(KvmHost kvm, ulong address, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var result = kvm.CopyTo(address, arguments.UInt64("value"u8));
        Result(ref outcome, result);
        if (result.IsSuccess)
        {
            outcome.Number("count"u8, (long)result.Value);
        }
    }
}
