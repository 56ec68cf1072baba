using GuestMemory.Docs;

namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>docs/tdx, and the doc comments it repeats.</summary>
internal static class TdxDocs
{
    public static GeneratedFolder Folder { get; } = new("tdx", "GuestMemory.Tdx.Tests");

    public static DocComments Comments { get; } = new("GuestMemory.Tdx");
}
