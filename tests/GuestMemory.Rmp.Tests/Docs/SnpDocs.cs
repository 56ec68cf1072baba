using GuestMemory.Docs;

namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>docs/snp, and the doc comments it repeats.</summary>
internal static class SnpDocs
{
    public static GeneratedFolder Folder { get; } = new("snp", "GuestMemory.Rmp.Tests");

    public static DocComments Comments { get; } = new("GuestMemory.Rmp");
}
