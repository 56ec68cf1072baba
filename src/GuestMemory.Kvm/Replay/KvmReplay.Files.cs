namespace GuestMemory.Kvm;

/// <content>Descriptors and file operations.</content>
public sealed partial class KvmReplay
{
    private bool TryApplyFile(KvmHost kvm, ReadOnlySpan<byte> operation, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        if (operation.SequenceEqual("memfd"u8))
        {
            var created = kvm.CreateMemfd(arguments.UInt64("size"u8));
            _files.Bind(arguments.Text("fd"u8), created.Value);
            Result(ref outcome, created);
            return true;
        }

        if (!IsFileOperation(operation))
        {
            return false;
        }

        if (!TryFile(arguments, out var descriptor))
        {
            NoHandle(ref outcome);
            return true;
        }

        ApplyFile(kvm, operation, descriptor, arguments, ref outcome);
        return true;
    }

    private static bool IsFileOperation(ReadOnlySpan<byte> operation) =>
        operation.SequenceEqual("fallocate"u8) || operation.SequenceEqual("close"u8) || operation.SequenceEqual("dup"u8)
        || operation.SequenceEqual("fstat"u8) || operation.SequenceEqual("read"u8) || operation.SequenceEqual("write"u8)
        || operation.SequenceEqual("pread"u8) || operation.SequenceEqual("pwrite"u8) || operation.SequenceEqual("lseek"u8)
        || operation.SequenceEqual("ftruncate"u8) || operation.SequenceEqual("reopen"u8) || operation.SequenceEqual("mmap"u8);

    private void ApplyFile(KvmHost kvm, ReadOnlySpan<byte> operation, int descriptor, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        switch (operation[0], operation.Length)
        {
            case ((byte)'f', 9) when operation[1] == (byte)'a':
                Result(ref outcome, kvm.Fallocate(descriptor, arguments.UInt64("mode"u8), arguments.Int64("offset"u8), arguments.Int64("len"u8)));
                break;
            case ((byte)'c', _):
                Result(ref outcome, kvm.Close(descriptor));
                _files.Unbind(arguments.Text("fd"u8));
                break;
            case ((byte)'m', _):
                Mmap(kvm, descriptor, arguments, ref outcome);
                break;
            case ((byte)'d', _):
                BindNew(kvm.Dup(descriptor), arguments, ref outcome);
                break;
            case ((byte)'f', 5):
                Fstat(kvm, descriptor, ref outcome);
                break;
            case ((byte)'r', 4):
                Result(ref outcome, kvm.Read(descriptor));
                break;
            case ((byte)'w', _):
                Result(ref outcome, kvm.Write(descriptor));
                break;
            case ((byte)'p', 5):
                Result(ref outcome, kvm.Pread(descriptor, arguments.Int64("offset"u8)));
                break;
            case ((byte)'p', _):
                Result(ref outcome, kvm.Pwrite(descriptor, arguments.Int64("offset"u8)));
                break;
            case ((byte)'l', _):
                Result(ref outcome, kvm.Lseek(descriptor, (int)Math.Clamp(arguments.Int64("whence"u8), int.MinValue, int.MaxValue)));
                break;
            case ((byte)'f', _):
                Result(ref outcome, kvm.Ftruncate(descriptor));
                break;
            default:
                BindNew(kvm.Reopen(descriptor), arguments, ref outcome);
                break;
        }
    }

    private void BindNew(KvmResult result, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        if (result.IsSuccess)
        {
            _files.Bind(arguments.Text("to"u8), result.Value);
        }

        Result(ref outcome, result);
    }

    private static void Fstat(KvmHost kvm, int descriptor, ref TraceOutcome outcome)
    {
        var result = kvm.Fstat(descriptor, out var status);
        Result(ref outcome, result);
        if (result.IsSuccess)
        {
            outcome.Hex("size"u8, status.Size);
            outcome.Number("blocks"u8, status.Blocks);
            outcome.Number("blksize"u8, status.BlockSize);
            Span<byte> mode = stackalloc byte[7];
            for (var (digit, rest) = (mode.Length - 1, status.Mode); digit >= 0; digit--, rest >>= 3)
            {
                mode[digit] = (byte)('0' + (rest & 7));
            }

            outcome.Text("mode"u8, mode);
            outcome.Number("nlink"u8, status.Links);
        }
    }

    private void Mmap(KvmHost kvm, int descriptor, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var isShared = !arguments.Text("share"u8).SequenceEqual("private"u8);
        var result = kvm.Mmap(
            descriptor, arguments.Int64("offset"u8), unchecked((ulong)arguments.Int64("len"u8)), Rights(arguments.Text("prot"u8)), isShared);
        if (result.IsSuccess)
        {
            _mappings.Bind(arguments.Text("map"u8), result.Value);
        }

        Result(ref outcome, result);
    }

    private static HostRights Rights(ReadOnlySpan<byte> letters)
    {
        var rights = HostRights.None;
        foreach (var letter in letters)
        {
            rights |= letter switch
            {
                (byte)'r' => HostRights.Read,
                (byte)'w' => HostRights.Write,
                (byte)'x' => HostRights.Execute,
                (byte)'n' => HostRights.None,
                _ => throw new FormatException($"\"{(char)letter}\" is no right of a mapping"),
            };
        }

        return rights;
    }
}
