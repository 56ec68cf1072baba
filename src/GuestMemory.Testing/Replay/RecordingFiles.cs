using System.IO.Enumeration;

namespace GuestMemory.Testing;

/// <summary>The recordings that a path leads to.</summary>
/// <param name="Files">Their paths, in ordinal order.</param>
/// <param name="Error">Why there is none; <see langword="null"/> when there is one at least.</param>
public sealed record RecordingFiles(IReadOnlyList<string> Files, ReplayError? Error)
{
    /// <summary>Finds recordings: files named <c>*.jsonl</c> or <c>*.jsonl.gz</c>.</summary>
    /// <param name="path">One such file, or a folder that is searched with all folders in it. Links to folders are not followed, apart from the path itself.</param>
    public static RecordingFiles Find(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            return Directory.Exists(path) ? FindIn(path) : FindFile(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return None(path, $"the folder cannot be searched: {exception.Message}");
        }
    }

    private static RecordingFiles FindIn(string folder)
    {
        var found = new FileSystemEnumerable<string>(
            folder,
            static (ref entry) => entry.ToSpecifiedFullPath(),
            new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.None })
        {
            ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory && IsRecording(entry.FileName),
            ShouldRecursePredicate = static (ref entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        var files = found.Order(StringComparer.Ordinal).ToArray();
        return files.Length == 0 ? None(folder, "there is no .jsonl or .jsonl.gz file in this folder") : new RecordingFiles(files, null);
    }

    private static RecordingFiles FindFile(string path)
    {
        if (!File.Exists(path))
        {
            return None(path, "there is no such file or folder");
        }

        return IsRecording(Path.GetFileName(path.AsSpan())) ? new RecordingFiles([path], null) : None(path, "the file is not named .jsonl or .jsonl.gz");
    }

    private static RecordingFiles None(string path, string message) => new([], new ReplayError(path, 0, message));

    private static bool IsRecording(ReadOnlySpan<char> name) => name.EndsWith(".jsonl", StringComparison.Ordinal) || name.EndsWith(".jsonl.gz", StringComparison.Ordinal);
}
