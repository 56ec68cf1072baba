using System.Buffers.Binary;

namespace GuestMemory.Tdx;

/// <summary>Everything the checks of KVM's TDX commands read.</summary>
public readonly ref struct TdxCommandCall
{
    /// <summary>Bytes of an argument block.</summary>
    public const int ArgumentBytes = 32;

    private const ulong End = 1UL << 52;

    internal TdxCommandCall(TdxHost host, HostedTd? hosted, uint command, ReadOnlySpan<byte> data)
    {
        (Host, Hosted, Command) = (host, hosted, command);
        Data = data;
    }

    /// <summary>The command's number.</summary>
    public uint Command { get; }

    /// <summary>Its argument block.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>What the host keeps of the TD; none before INIT_VM.</summary>
    public HostedTd? Hosted { get; }

    internal TdxHost Host { get; }

    /// <summary>The TD.</summary>
    internal Td? Td => Hosted is { } hosted ? Host.Module.FindTd(hosted.Tdr) : null;

    internal ulong Attributes => Word(0);

    internal ulong AddressBits => Word(8);

    internal ulong Source => Word(0);

    internal ulong Gpa => Word(8);

    internal ulong Pages => Word(16);

    internal ulong Flags => Word(24);

    /// <summary>Whether the region's guest addresses are private ones that exist.</summary>
    internal bool IsPrivateRegion => Td is { } td && Pages <= End >> 12 && Gpa < End && Gpa + (Pages << 12) is var end && end <= End && end > Gpa
        && td.IsPrivate(Gpa) && td.IsPrivate(end - 1) && (td.IsWide || end <= 1UL << 48);

    private ulong Word(int at) => BinaryPrimitives.ReadUInt64LittleEndian(Data[at..]);
}
