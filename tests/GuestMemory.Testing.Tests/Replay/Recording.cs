using System.IO.Compression;
using System.Text;

namespace GuestMemory.Testing.Tests.Replay;

/// <summary>Recordings for tests: written here, or the kernels' own.</summary>
internal static class Recording
{
    public const string Meta = """{"meta":{"format":1,"env":"total-1"}}""";
    public const string Case = """{"case":{"name":"first"}}""";

    public static string Add(int index, int n, int total) => $$$"""{"i":{{{index}}},"op":"add","args":{"n":"0x{{{n:x}}}"},"out":{"result":"OK","total":"0x{{{total:x}}}"}}""";

    public static string Operation(int index, string name) => $$$"""{"i":{{{index}}},"op":"{{{name}}}","args":{},"out":{}}""";

    public static MemoryStream Of(params string[] lines) => new(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));

    public static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    public static byte[] Decompress(string file)
    {
        using var gzip = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        gzip.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>The folder <c>tests/recordings</c> of the repository, above the test's own.</summary>
    public static string Folder
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "tests", "recordings")))
            {
                folder = folder.Parent;
            }

            return Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("tests/recordings is not above the tests."), "tests", "recordings");
        }
    }

    public static string Kernel(string environment, string file) => Path.Combine(Folder, "kvm", environment, file);
}
