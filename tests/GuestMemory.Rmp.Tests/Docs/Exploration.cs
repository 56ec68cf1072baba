namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>Every situation a small world can come to, and what each move does there.</summary>
internal sealed class Exploration
{
    private readonly SmallWorld _world;
    private readonly HashSet<string> _seen = [];
    private readonly Queue<byte[]> _open = [];
    private readonly List<PageChange> _changes = [];
    private byte[] _buffer = [];

    private Exploration(SmallWorld world) => _world = world;

    /// <summary>The changes, in the order they are found.</summary>
    public static IReadOnlyList<PageChange> Of(SmallWorld world)
    {
        var exploration = new Exploration(world);
        exploration.Meet();
        while (exploration._open.TryDequeue(out var situation))
        {
            foreach (var move in world.Moves)
            {
                exploration.Try(situation, move);
            }
        }

        return exploration._changes;
    }

    private void Try(byte[] situation, Move move)
    {
        Restore(situation);
        var before = Entries();
        move.Do(_world.Platform);
        var after = Entries();
        var changes = _world.Watched.Select((page, index) => new PageChange(move, page, before[index], after[index]));
        _changes.AddRange(changes.Where(change => change.Before != change.After));
        Meet();
    }

    private RmpEntry[] Entries() => [.. _world.Watched.Select(_world.Platform.Table.Resolve)];

    private void Meet()
    {
        if (!_seen.Add(_world.Key(_world.Platform)))
        {
            return;
        }

        var writer = new StateWriter(_buffer);
        _world.Platform.WriteState(ref writer);
        _world.Platform.Contents.WriteState(ref writer);
        _open.Enqueue(writer.Written.ToArray());
        _buffer = writer.Buffer;
    }

    private void Restore(byte[] situation)
    {
        var reader = new StateReader(situation);
        _world.Platform.ReadState(ref reader);
        _world.Platform.Contents.ReadState(ref reader);
    }
}
