using System.Buffers.Binary;

namespace GuestMemory.Rmp;

/// <summary>Everything the checks of KVM's commands for an SNP guest read: the argument block, raw, and how far the VM is.</summary>
public readonly ref struct SnpCommandCall
{
    /// <summary>Bytes every argument block has at least.</summary>
    public const int ArgumentBytes = 64;

    private readonly SnpHost _host;

    internal SnpCommandCall(SnpHost host, HostedSnpGuest? guest, uint command, ReadOnlySpan<byte> data)
    {
        _host = host;
        Guest = guest;
        Command = command;
        Data = data;
    }

    /// <summary>The command's number.</summary>
    public uint Command { get; }

    /// <summary>The argument block.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>What the host keeps of the VM; <see langword="null"/> before KVM_SEV_INIT2.</summary>
    public HostedSnpGuest? Guest { get; }

    /// <summary>Whether the launch is started and not finished.</summary>
    public bool IsLaunching => Guest is { Context: not null, IsLaunched: false };

    internal ulong Policy => Word(0);

    internal ulong FirstGfn => Word(0);

    internal ulong Source => Word(8);

    internal ulong Length => Word(16);

    internal LaunchPageType PageType => (LaunchPageType)Data[24];

    internal bool HasInitFlags => BinaryPrimitives.ReadUInt32LittleEndian(Data[8..]) != 0;

    internal bool HasStartFlags => BinaryPrimitives.ReadUInt16LittleEndian(Data[24..]) != 0;

    internal bool HasUpdateFlags => BinaryPrimitives.ReadUInt16LittleEndian(Data[26..]) != 0;

    internal bool HasFreeAsid => _host.TryFindAsid(out _);

    private ulong Word(int at) => BinaryPrimitives.ReadUInt64LittleEndian(Data[at..]);
}
