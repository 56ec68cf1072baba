namespace GuestMemory.Tdx;

/// <summary>Which guest addresses are private. Source: tdx-module, check_gpa_validity.</summary>
internal static class GuestAddresses
{
    /// <summary>Whether an address is one of a TD's private ones: SHARED bit clear, nothing above the TD's width.</summary>
    public static bool IsPrivate(Td td, ulong gpa, TdxPlatform platform)
    {
        var width = platform.Version.ChecksArchitecturalWidth ? TdxPlatform.MostAddressBits : platform.AddressBits;
        return td.IsPrivate(gpa) && gpa >> width == 0 && (td.IsWide || gpa >> 48 == 0);
    }
}
