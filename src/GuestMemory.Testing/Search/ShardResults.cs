using System.Text;

namespace GuestMemory.Testing;

/// <summary>Results of the shards of one search, in files: written by each, merged into one report.</summary>
public static class ShardResults
{
    private const string Magic = "GuestMemory shard 1";

    /// <summary>Merges the results of all shards of a search.</summary>
    /// <param name="paths">The files, one of each shard, in any order.</param>
    /// <returns>
    /// The report of the whole: states that several shards met count once. Of several counterexamples the shortest, among equals that of the lowest shard.
    /// Memory is the largest of the shards', time their sum.
    /// </returns>
    /// <exception cref="FormatException">A file is no such result, or the files are not the shards of one search.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static SearchReport Merge(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count, nameof(paths));
        var merge = new ShardMerge();
        foreach (var path in paths)
        {
            try
            {
                using var reader = new BinaryReader(File.OpenRead(path), Encoding.UTF8);
                if (reader.ReadString() != Magic)
                {
                    throw new FormatException($"\"{path}\" is no shard's result of this version.");
                }

                merge.Add(path, reader);
            }
            catch (Exception broken) when (broken is EndOfStreamException or ArgumentException or OverflowException)
            {
                throw new FormatException($"\"{path}\" is no shard's result: it is cut off or damaged.", broken);
            }
        }

        return merge.Report();
    }

    internal static void Write(string path, SearchReport report, VisitedStates visited, ShardStates states, string identity, SearchShard shard)
    {
        using var writer = new BinaryWriter(File.Create(path), Encoding.UTF8);
        writer.Write(Magic);
        writer.Write(identity);
        writer.Write(Math.Max(shard.Number, 1));
        writer.Write(Math.Max(shard.Of, 1));
        ShardReport.Write(writer, report);
        writer.Write(visited.Count);
        for (var partition = 0; partition < VisitedStates.PartitionCount; partition++)
        {
            for (var local = 0; local < visited.Partition(partition).Count; local++)
            {
                var entry = visited.Partition(partition)[local];
                var isWorkedOn = states.Counts.TryGetValue(VisitedStates.IdOf(partition, local), out var counts);
                writer.Write(entry.High);
                writer.Write(entry.Low);
                writer.Write((ushort)Math.Min(states.DepthOf(partition, local), ushort.MaxValue));
                writer.Write(isWorkedOn);
                writer.Write((uint)counts.Transitions);
                writer.Write((uint)counts.Refused);
                writer.Write((uint)counts.Outside);
            }
        }
    }
}
