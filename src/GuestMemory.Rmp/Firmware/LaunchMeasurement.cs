using System.Buffers.Binary;
using System.IO.Hashing;

namespace GuestMemory.Rmp;

/// <summary>The running measurement of a launch: each page's hash goes over the one before. Stands for SHA-384. Source: snp-abi, 8.17 (page info).</summary>
internal static class LaunchMeasurement
{
    public static UInt128 Extend(UInt128 digest, FrameContents contents, Pfn frame, Gpa gpa, in LaunchUpdateOperands operands)
    {
        var hash = new XxHash128();
        Append(hash, (ulong)(digest >> 64));
        Append(hash, unchecked((ulong)digest));
        Append(hash, gpa.Value);
        Append(hash, (ulong)operands.Type | operands.Permissions(0) | (operands.IsMigrationImage ? 1UL << 40 : 0));
        if (operands.Type is LaunchPageType.Normal or LaunchPageType.Vmsa)
        {
            for (var offset = 0UL; offset < PageSize.Size4K.Bytes(); offset += 8)
            {
                Append(hash, contents.Read(frame.Address + offset, 8));
            }
        }

        return hash.GetCurrentHashAsUInt128();
    }

    private static void Append(XxHash128 hash, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        hash.Append(bytes);
    }
}
