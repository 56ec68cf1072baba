namespace GuestMemory.Kvm;

/// <content>The emulator: an access the hardware cannot make is made whole, through userspace_addr; what has no memory goes to the VMM.</content>
public sealed partial class KvmHost
{
    private VcpuExit Emulate(VirtualMachine vm, in GuestAccess access)
    {
        var fragments = new MmioFragments();
        var count = 0;
        var value = access.Value;
        var old = 0UL;
        if (!access.IsWrite || access.Adds)
        {
            old = EmulateRead(vm, access, ref fragments, ref count);
            value = unchecked(old + value);
        }

        if (access.IsWrite)
        {
            EmulateWrite(vm, access, value, ref fragments, ref count);
        }

        return count > 0 ? VcpuExit.DeviceMemory(fragments, count) : VcpuExit.Halted(old);
    }

    private ulong EmulateRead(VirtualMachine vm, in GuestAccess access, ref MmioFragments fragments, ref int count)
    {
        var first = access.FirstLength;
        var value = ReadPiece(vm, new(access.Gpa), first, ref fragments, ref count);
        if (first < access.Length)
        {
            var high = ReadPiece(vm, new(access.Gpa + (ulong)first), access.Length - first, ref fragments, ref count);
            value |= high << (first * 8);
        }

        return value;
    }

    // A device the VMM completes reads as ones.
    private ulong ReadPiece(VirtualMachine vm, Gpa at, int length, ref MmioFragments fragments, ref int count)
    {
        if (TryHostAddress(vm, at, isWrite: false, out var address, out _) && Load(address, length, out var value) == HostFault.None)
        {
            return value;
        }

        fragments[count++] = new(at, length, IsWrite: false, 0);
        return ulong.MaxValue >> (64 - (length * 8));
    }

    private void EmulateWrite(VirtualMachine vm, in GuestAccess access, ulong value, ref MmioFragments fragments, ref int count)
    {
        var first = access.FirstLength;
        WritePiece(vm, new(access.Gpa), first, value, ref fragments, ref count);
        if (first < access.Length)
        {
            WritePiece(vm, new(access.Gpa + (ulong)first), access.Length - first, value >> (first * 8), ref fragments, ref count);
        }
    }

    private void WritePiece(VirtualMachine vm, Gpa at, int length, ulong value, ref MmioFragments fragments, ref int count)
    {
        var data = value & (ulong.MaxValue >> (64 - (length * 8)));
        if (TryHostAddress(vm, at, isWrite: true, out var address, out var slot) && Store(address, length, data) == HostFault.None)
        {
            slot.MarkDirty(at.Frame);
            return;
        }

        fragments[count++] = new(at, length, IsWrite: true, data);
    }

    private bool TryHostAddress(VirtualMachine vm, Gpa at, bool isWrite, out ulong address, out Memslot slot)
    {
        address = 0;
        slot = (vm.Slots.Find(at.Frame) as Memslot)!;
        if (slot is null || (isWrite && slot.IsReadOnly))
        {
            return false;
        }

        if (!Host.EmulatorBypassesPrivate && vm.Attributes.KindOf(at.Frame) == PageKind.Private)
        {
            return false;
        }

        address = ((slot.Layout.SharedPage + (at.Frame - slot.Gfns.Start)) << 12) + at.Offset;
        return true;
    }
}
