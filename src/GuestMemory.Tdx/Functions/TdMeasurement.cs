using System.Buffers.Binary;
using System.IO.Hashing;

namespace GuestMemory.Tdx;

/// <summary>The running measurement of a TD that is being built (MRTD): what is measured goes over what was. Stands for SHA-384. Source: tdx-module, MRTD.</summary>
internal static class TdMeasurement
{
    /// <summary>Measures words.</summary>
    /// <param name="td">The TD.</param>
    /// <param name="words">The function that measures, then what: an address, content.</param>
    public static void Extend(Td td, params ReadOnlySpan<ulong> words)
    {
        var hash = new XxHash3();
        Append(hash, td.Measurement);
        foreach (var word in words)
        {
            Append(hash, word);
        }

        td.Measurement = hash.GetCurrentHashAsUInt64();
    }

    private static void Append(XxHash3 hash, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        hash.Append(bytes);
    }
}
