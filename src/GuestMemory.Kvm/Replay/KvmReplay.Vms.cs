namespace GuestMemory.Kvm;

/// <content>VMs, slots and attributes.</content>
public sealed partial class KvmReplay
{
    private const ulong VcpuMemory = 0x1c0000000;
    private const ulong VcpuMemorySize = 0x10000;
    private const uint VcpuSlot = 32000;
    private bool[] _dirty = [];

    private bool TryApplyVm(KvmHost kvm, ReadOnlySpan<byte> operation, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        if (operation.SequenceEqual("set_user_memory_region2"u8))
        {
            SetRegion(kvm, arguments, ref outcome, isFirstVersion: false);
        }
        else if (operation.SequenceEqual("set_memory_attributes"u8))
        {
            SetAttributes(kvm, arguments, ref outcome);
        }
        else if (operation.SequenceEqual("create_vm"u8))
        {
            CreateVm(kvm, arguments, ref outcome);
        }
        else if (operation.SequenceEqual("create_vcpu"u8))
        {
            CreateVcpu(kvm, arguments, ref outcome);
        }
        else if (operation.SequenceEqual("create_guest_memfd"u8))
        {
            CreateGuestMemfd(kvm, arguments, ref outcome);
        }
        else if (operation.SequenceEqual("get_dirty_log"u8))
        {
            GetDirtyLog(kvm, arguments, ref outcome);
        }
        else if (operation.SequenceEqual("check_extension"u8))
        {
            CheckExtension(kvm, arguments, ref outcome);
        }
        else if (operation.SequenceEqual("set_user_memory_region"u8))
        {
            SetRegion(kvm, arguments, ref outcome, isFirstVersion: true);
        }
        else if (operation.SequenceEqual("close_vm"u8))
        {
            CloseVm(kvm, arguments, ref outcome);
        }
        else
        {
            return false;
        }

        return true;
    }

    private void CreateVm(KvmHost kvm, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var result = kvm.CreateVm(arguments.UInt64("type"u8));
        if (result.IsSuccess)
        {
            _vms.Bind(arguments.Text("vm"u8), result.Value);
        }

        Result(ref outcome, result);
    }

    // The recorder gives a vCPU memory of its own first: its code and page tables.
    private void CreateVcpu(KvmHost kvm, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        if (!TryVm(arguments, out var vm))
        {
            NoHandle(ref outcome);
            return;
        }

        var memory = kvm.MapAnonymous(VcpuMemorySize);
        var result = kvm.SetUserMemoryRegion2(vm, new(VcpuSlot, 0, VcpuMemory, VcpuMemorySize, memory.Value));
        Result(ref outcome, result.IsSuccess ? kvm.CreateVcpu(vm) : result);
    }

    private void CloseVm(KvmHost kvm, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        if (!TryVm(arguments, out var vm))
        {
            NoHandle(ref outcome);
            return;
        }

        var guest = kvm.VmOf(vm)!.Id.Value;
        var vcpu = kvm.Descriptors.Find(new(OpenFileKind.Vcpu, guest));
        if (vcpu >= 0)
        {
            kvm.Close(vcpu);
        }

        Result(ref outcome, kvm.Close(vm));
        _vms.Unbind(arguments.Text("vm"u8));
    }

    private void CreateGuestMemfd(KvmHost kvm, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        if (!TryVm(arguments, out var vm))
        {
            NoHandle(ref outcome);
            return;
        }

        var result = kvm.CreateGuestMemfd(vm, arguments.UInt64("size"u8), arguments.UInt64("flags"u8));
        if (result.IsSuccess)
        {
            _files.Bind(arguments.Text("fd"u8), result.Value);
        }

        Result(ref outcome, result);
    }

    private void SetRegion(KvmHost kvm, in TraceArguments arguments, ref TraceOutcome outcome, bool isFirstVersion)
    {
        if (!TryVm(arguments, out var vm) || !TryAddress(arguments.Text("hva"u8), out var address))
        {
            NoHandle(ref outcome);
            return;
        }

        var descriptor = KvmHost.NeverOpen;
        if (!isFirstVersion && !TryDescriptor(kvm, arguments.Text("fd"u8), out descriptor))
        {
            NoHandle(ref outcome);
            return;
        }

        var region = new MemoryRegion(
            arguments.UInt32("slot"u8), arguments.UInt64("flags"u8), arguments.UInt64("gpa"u8), arguments.UInt64("size"u8),
            address, isFirstVersion ? 0 : OffsetOf(arguments), descriptor);
        Result(ref outcome, isFirstVersion ? kvm.SetUserMemoryRegion(vm, region) : kvm.SetUserMemoryRegion2(vm, region));
    }

    private static ulong OffsetOf(in TraceArguments arguments) => unchecked((ulong)arguments.Int64("offset"u8));

    // A file's name, a VM's, the system's, none, or a number passed as it is.
    private bool TryDescriptor(KvmHost kvm, ReadOnlySpan<byte> text, out int descriptor)
    {
        descriptor = KvmHost.NeverOpen;
        if (text.SequenceEqual("none"u8))
        {
            return true;
        }

        if (text.SequenceEqual("kvm"u8))
        {
            descriptor = kvm.SystemDescriptor;
            return true;
        }

        if (!text.IsEmpty && (char.IsAsciiDigit((char)text[0]) || text[0] == (byte)'-'))
        {
            RecordedOffsets.Split(text, out _, out var number);
            descriptor = unchecked((int)number);
            return true;
        }

        var found = _files.TryGet(text, out var value) || _vms.TryGet(text, out value);
        descriptor = found ? (int)value : descriptor;
        return found;
    }

    private void SetAttributes(KvmHost kvm, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        if (!TryVm(arguments, out var vm))
        {
            NoHandle(ref outcome);
            return;
        }

        Result(ref outcome, kvm.SetMemoryAttributes(
            vm, arguments.UInt64("gpa"u8), arguments.UInt64("size"u8), arguments.UInt64("attributes"u8), arguments.UInt64("flags"u8)));
    }

    private void CheckExtension(KvmHost kvm, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var descriptor = kvm.SystemDescriptor;
        if (!arguments.Text("vm"u8).IsEmpty && !TryVm(arguments, out descriptor))
        {
            NoHandle(ref outcome);
            return;
        }

        var result = kvm.CheckExtension(descriptor, arguments.Count32("cap"u8));
        Result(ref outcome, result);
        outcome.Number("value"u8, (long)result.Value);
    }

    private void GetDirtyLog(KvmHost kvm, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        if (!TryVm(arguments, out var vm))
        {
            NoHandle(ref outcome);
            return;
        }

        var pages = arguments.Count32("pages"u8);
        _dirty = _dirty.Length >= pages ? _dirty : new bool[pages];
        var dirty = _dirty.AsSpan(0, pages);
        dirty.Clear();
        var result = kvm.GetDirtyLog(vm, arguments.UInt32("slot"u8), dirty);
        Result(ref outcome, result);
        if (result.IsSuccess)
        {
            Digits(ref outcome, "dirty"u8, dirty);
        }
    }

    private static void Digits(ref TraceOutcome outcome, ReadOnlySpan<byte> key, ReadOnlySpan<bool> flags)
    {
        Span<byte> digits = flags.Length <= 256 ? stackalloc byte[flags.Length] : new byte[flags.Length];
        for (var index = 0; index < flags.Length; index++)
        {
            digits[index] = flags[index] ? (byte)'1' : (byte)'0';
        }

        outcome.Text(key, digits);
    }
}
