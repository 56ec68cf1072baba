namespace GuestMemory.Kvm;

/// <summary>A Linux host with one VMM process: the system calls and ioctls a VMM makes, answered as that kernel answers them.</summary>
/// <remarks>
/// Arguments stay raw until the kernel's own checks have run; every refusal is an errno with the rule that decided. Kernel
/// versions and hosts differ by two values, <see cref="Profile"/> and <see cref="Host"/>. Not thread-safe.
/// </remarks>
public sealed partial class KvmHost : IStateful
{
    private readonly List<KvmGuest> _guests = [];
    private byte[] _buffer = [];
    private ulong _nextMapping;

    /// <summary>Boots the host: descriptors 0 to 2 and /dev/kvm are open.</summary>
    /// <param name="machine">The machine; nothing else runs on it.</param>
    /// <param name="profile">The kernel's ways; <see langword="null"/> for the newest.</param>
    /// <param name="host">How the host is built; <see langword="null"/> for the defaults.</param>
    public KvmHost(Machine machine, KernelProfile? profile = null, HostConfiguration? host = null)
    {
        ArgumentNullException.ThrowIfNull(machine);
        Machine = machine;
        Profile = profile ?? KernelProfile.Linux7Dot3;
        Host = (host ?? new HostConfiguration()).Validated();
        Process = machine.CreateProcess();
        for (var standard = 0; standard < 3; standard++)
        {
            Descriptors.Open(new(OpenFileKind.Other, standard));
        }

        SystemDescriptor = Descriptors.Open(new(OpenFileKind.System, 0));
        _nextMapping = FirstMapping;
    }

    /// <summary>Where the first mapping goes; the next ones follow 4 GiB apart.</summary>
    public const ulong FirstMapping = 0x1000_0000_0000;

    private const ulong MappingDistance = 1UL << 32;

    /// <summary>The machine.</summary>
    public Machine Machine { get; }

    /// <summary>The kernel's ways.</summary>
    public KernelProfile Profile { get; }

    /// <summary>How the host is built.</summary>
    public HostConfiguration Host { get; }

    /// <summary>The VMM's addresses.</summary>
    public HostAddressSpace Process { get; }

    /// <summary>The VMM's descriptors.</summary>
    public DescriptorTable Descriptors { get; } = new();

    /// <summary>Descriptor of /dev/kvm.</summary>
    public int SystemDescriptor { get; }

    /// <summary>The whole state as canonical bytes: the machine's, then the host's.</summary>
    /// <returns>The bytes; valid until the next call.</returns>
    public ReadOnlySpan<byte> WriteState()
    {
        var writer = new StateWriter(_buffer);
        WriteState(ref writer);
        _buffer = writer.Buffer;
        return writer.Written;
    }

    /// <summary>Replaces the whole state by a written one, in place.</summary>
    /// <param name="bytes">What <see cref="WriteState()"/> wrote on a host alike.</param>
    /// <exception cref="FormatException">The bytes are not such a state. The host is then in no defined state: restore another, or drop it.</exception>
    public void ReadState(ReadOnlySpan<byte> bytes) => StateReader.ReadWhole(bytes, this);

    /// <summary>XxHash128 of the canonical bytes.</summary>
    public UInt128 Fingerprint() => System.IO.Hashing.XxHash128.HashToUInt128(WriteState());

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        Machine.WriteState(ref writer);
        Descriptors.WriteState(ref writer);
        writer.UInt64(_nextMapping);
        foreach (var vm in Machine.VirtualMachines)
        {
            if (vm.IsLive)
            {
                GuestOf(vm.Id).WriteState(ref writer);
            }
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        Machine.ReadState(ref reader);
        Descriptors.ReadState(ref reader);
        _nextMapping = reader.UInt64();
        foreach (var vm in Machine.VirtualMachines)
        {
            if (vm.IsLive)
            {
                GuestOf(vm.Id).ReadState(ref reader);
            }
            else
            {
                GuestOf(vm.Id).Reset();
            }
        }
    }

    internal KvmGuest GuestOf(GuestId id)
    {
        while (_guests.Count < id.Value)
        {
            _guests.Add(new());
        }

        return _guests[id.Value - 1];
    }

    private KvmResult Return(StepCall call, KvmResult result, ulong argument = 0)
    {
        if (Machine.Observer is not null)
        {
            Machine.Observer.OnStep(Machine, new(StepKind.CallReturned, GuestId.None, argument, 0, (ulong)call, result.ToOutcome()));
        }

        return result;
    }
}
