namespace GuestMemory.Testing;

/// <summary>Replays recordings: feeds each recorded operation to a system and compares the system's answer with the recorded one.</summary>
/// <remarks>
/// <para>Nothing that is wrong with a recording is thrown: it becomes a <see cref="ReplayError"/>, and the rest is still replayed. Where an operation is lost (a
/// malformed line, an operation the system does not know, an exception of the system), what follows in the same case would start from another state and is left out up to the next case.</para>
/// <para>Only a difference costs more than applying and comparing: the state before it comes from replaying its case once more up to there. A system has to be deterministic.</para>
/// <para>Not thread-safe; buffers are kept from one recording to the next.</para>
/// </remarks>
public sealed class ReplayRunner
{
    private readonly IReadOnlyList<IReplaySystem> _systems;
    private readonly ReplayBuffers _buffers = new();

    /// <summary>Creates a runner.</summary>
    /// <param name="systems">The systems to choose from: the first that understands a recording's environment replays it.</param>
    public ReplayRunner(params IReadOnlyList<IReplaySystem> systems)
    {
        ArgumentNullException.ThrowIfNull(systems);
        _systems = systems;
    }

    /// <summary>Replays a file.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    public ReplayResult Replay(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new ReplayResult(path, null, default, [], [], [new ReplayError(path, 0, CannotOpen(exception))]);
        }

        using (stream)
        {
            return Replay(stream, path);
        }
    }

    /// <summary>Replays a stream.</summary>
    /// <param name="stream">Where to read from, plain or gzip. It stays open.</param>
    /// <param name="name">What to call it.</param>
    public ReplayResult Replay(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        return new RecordingReplay(_systems, _buffers, name).Run(stream);
    }

    private static string CannotOpen(Exception exception) => exception is FileNotFoundException or DirectoryNotFoundException
        ? "there is no such file"
        : $"the file cannot be opened: {exception.Message}";
}
