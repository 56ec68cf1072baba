using System.Globalization;

namespace GuestMemory.Rmp;

/// <summary>What the firmware keeps of a guest, as its context page stands for it.</summary>
/// <remarks>Kept beside the page: what lies in a context page's memory is sealed, and no command's answer depends on its bytes.</remarks>
public readonly record struct SnpGuestContext
{
    // Memory keys are below 2^33 (EncryptionKeys); the key for pages outside has a bit of its own.
    private const ulong OfflineBit = 1UL << 33;

    /// <summary>How far the guest is.</summary>
    public SnpGuestState State { get; internal init; }

    /// <summary>Its ASID; the hypervisor's, 0, while it has none.</summary>
    public Asid Asid { get; internal init; }

    /// <summary>Whether it has an ASID.</summary>
    public bool IsActive => Asid.IsGuest;

    /// <summary>The measurement of its launch so far; stands for the firmware's SHA-384 digest and is comparable within this model only.</summary>
    public UInt128 Digest { get; internal init; }

    /// <summary>Its policy, bit by bit as in snp-abi 4.3.</summary>
    public ulong Policy { get; internal init; }

    /// <summary>Whether it is launched as the image of a migration agent's guest.</summary>
    public bool IsMigrationImage { get; internal init; }

    internal uint KeyNumber { get; init; }

    // The initialisation vector used last.
    internal ulong Vector { get; init; }

    internal SwapMetadata Root { get; init; }

    internal bool IsStarted => State is SnpGuestState.Launch or SnpGuestState.Running;

    internal ContentKey OfflineKey => new(OfflineBit | KeyNumber);

    /// <summary>State, ASID and policy.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{State}, {(IsActive ? Asid : "not active")}, policy 0x{Policy:x}");

    internal void Write(ref StateWriter writer)
    {
        writer.Byte((byte)State);
        writer.UInt64(Asid.Value);
        writer.UInt64((ulong)(Digest >> 64));
        writer.UInt64(unchecked((ulong)Digest));
        writer.UInt64(Policy);
        writer.Flag(IsMigrationImage);
        writer.UInt64(KeyNumber);
        writer.UInt64(Vector);
        Root.Write(ref writer);
    }

    internal static SnpGuestContext Read(ref StateReader reader)
    {
        var state = reader.Byte();
        if (state > (byte)SnpGuestState.Running)
        {
            throw new FormatException($"A guest's state is 0 to 2, not {state}.");
        }

        return new()
        {
            State = (SnpGuestState)state,
            Asid = new(checked((uint)reader.UInt64())),
            Digest = new(reader.UInt64(), reader.UInt64()),
            Policy = reader.UInt64(),
            IsMigrationImage = reader.Flag(),
            KeyNumber = checked((uint)reader.UInt64()),
            Vector = reader.UInt64(),
            Root = SwapMetadata.Read(ref reader),
        };
    }
}
