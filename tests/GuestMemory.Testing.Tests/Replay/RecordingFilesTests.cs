using Xunit;

namespace GuestMemory.Testing.Tests.Replay;

public sealed class RecordingFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recordings").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_is_searched_through_in_ordinal_order()
    {
        string[] expected = [Make("B.jsonl"), Make("a", "z.jsonl.gz"), Make("a.jsonl"), Make("b", "c", "d.jsonl")];
        Make("README.md");
        Make("a", "x.json");
        Make("jsonl");
        Directory.CreateDirectory(Path.Combine(_folder, "folder.jsonl"));

        var found = RecordingFiles.Find(_folder);

        Assert.Null(found.Error);
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Files);
    }

    [Fact]
    public void A_folder_that_links_to_itself_is_searched_once()
    {
        var file = Make("a.jsonl");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "again"), _folder);

        Assert.Equal([file], RecordingFiles.Find(_folder).Files);
    }

    [Fact]
    public void A_file_is_itself()
    {
        var file = Make("a.jsonl.gz");

        Assert.Equal([file], RecordingFiles.Find(file).Files);
    }

    [Fact]
    public void What_holds_no_recording_is_an_error()
    {
        var missing = Path.Combine(_folder, "missing");
        var other = Make("a.txt");

        Assert.Equal(new ReplayError(missing, 0, "there is no such file or folder"), RecordingFiles.Find(missing).Error);
        Assert.Equal(new ReplayError(other, 0, "the file is not named .jsonl or .jsonl.gz"), RecordingFiles.Find(other).Error);
        Assert.Equal(new ReplayError(_folder, 0, "there is no .jsonl or .jsonl.gz file in this folder"), RecordingFiles.Find(_folder).Error);
        Assert.Empty(RecordingFiles.Find(_folder).Files);
    }

    private string Make(params string[] path)
    {
        var file = Path.Combine([_folder, .. path]);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "");
        return file;
    }
}
