namespace GuestMemory.Docs;

/// <summary>The repository's folder, found by going up from the tests' own.</summary>
internal static class RepositoryFolder
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "GuestMemory.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("GuestMemory.sln is in no folder above the tests.");
    }
}
