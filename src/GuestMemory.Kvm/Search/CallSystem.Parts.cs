namespace GuestMemory.Kvm;

/// <content>The state in parts: four of the machine, then three of each guest.</content>
internal sealed partial class CallSystem
{
    private const int GuestParts = 4;
    private const int PartsOfGuest = 3;
    private const ulong FramesPart = 1;
    private const ulong ContentsPart = 2;
    private const ulong OwnersPart = 4;
    private const ulong ProcessPart = 8;

    /// <inheritdoc/>
    public int Parts => GuestParts + (PartsOfGuest * _guests.Length);

    /// <inheritdoc/>
    public void WritePart(int part, ref StateWriter writer)
    {
        var machine = _kvm.Machine;
        switch (part)
        {
            case 0:
                // Who maps a frame follows from the tables; read back as it is, nothing has to be counted again.
                machine.Frames.WriteState(ref writer);
                machine.Mappings.WriteState(ref writer);
                break;
            case 1:
                machine.Contents.WriteState(ref writer);
                break;
            case 2:
                machine.Ownership.WriteState(ref writer);
                break;
            case 3:
                _kvm.Process.WriteEntries(ref writer);
                break;
            default:
                WriteGuest(_guests[(part - GuestParts) / PartsOfGuest], (part - GuestParts) % PartsOfGuest, ref writer);
                break;
        }
    }

    /// <inheritdoc/>
    public void ReadPart(int part, ref StateReader reader)
    {
        var machine = _kvm.Machine;
        switch (part)
        {
            case 0:
                machine.Frames.ReadState(ref reader);
                machine.Mappings.ReadState(ref reader);
                break;
            case 1:
                machine.Contents.ReadState(ref reader);
                break;
            case 2:
                machine.Ownership.ReadState(ref reader);
                break;
            case 3:
                _kvm.Process.ReadEntries(ref reader);
                break;
            default:
                ReadGuest(_guests[(part - GuestParts) / PartsOfGuest], (part - GuestParts) % PartsOfGuest, ref reader);
                break;
        }
    }

    /// <inheritdoc/>
    public void PartsRead(ulong parts)
    {
    }

    private static ulong VmPart(int guest) => 1UL << (GuestParts + (PartsOfGuest * guest));

    private static ulong PrivatePart(int guest) => VmPart(guest) << 1;

    private static ulong SharedPart(int guest) => VmPart(guest) << 2;

    private static void WriteGuest(CallGuest guest, int part, ref StateWriter writer)
    {
        if (part > 0)
        {
            (part == 1 ? guest.Private : guest.Shared).WritePages(ref writer);
            return;
        }

        writer.Int32((int)guest.Written);
        writer.Byte((byte)guest.Breach);
        guest.Vm.Cache.WriteState(ref writer);
        guest.Vm.Attributes.WriteState(ref writer);
        guest.Table.WriteState(ref writer);
    }

    private static void ReadGuest(CallGuest guest, int part, ref StateReader reader)
    {
        if (part > 0)
        {
            (part == 1 ? guest.Private : guest.Shared).ReadPages(ref reader);
            return;
        }

        guest.Written = (uint)reader.Int32();
        guest.Breach = (CallBreach)reader.Byte();
        guest.Vm.Cache.ReadState(ref reader);
        guest.Vm.Attributes.ReadState(ref reader);
        guest.Table.ReadState(ref reader);
        guest.Vm.Sequence.Renumber();
    }
}
