using System.Globalization;

namespace GuestMemory.Tdx;

/// <summary>What an access of the host, or of a device, ended in. The default went through and read 0.</summary>
/// <param name="Event">How it ended.</param>
/// <param name="Value">What a read found; otherwise 0.</param>
public readonly record struct HostAccessResult(HostAccessEvent Event, ulong Value = 0)
{
    /// <summary>"Ok 0x1".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Event} 0x{Value:x}");
}
