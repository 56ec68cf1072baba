using Xunit;

namespace GuestMemory.Rmp.Tests.Search;

/// <summary>A system's state, part by part.</summary>
internal static class StepParts
{
    public static byte[][] Of(IPartedState system)
    {
        var parts = new byte[system.Parts][];
        for (var part = 0; part < parts.Length; part++)
        {
            var writer = new StateWriter([]);
            system.WritePart(part, ref writer);
            parts[part] = writer.Written.ToArray();
        }

        return parts;
    }

    /// <summary>The last part first: no part needs another.</summary>
    public static void Read(IPartedState system, byte[][] parts)
    {
        for (var part = parts.Length - 1; part >= 0; part--)
        {
            var reader = new StateReader(parts[part]);
            system.ReadPart(part, ref reader);
            Assert.True(reader.AtEnd);
        }

        system.PartsRead(ulong.MaxValue);
    }
}
