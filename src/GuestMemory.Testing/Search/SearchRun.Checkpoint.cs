using System.Globalization;
using System.Text;

namespace GuestMemory.Testing;

/// <content>The search written to a file, and read back.</content>
internal sealed partial class SearchRun
{
    private const string Magic = "GuestMemory search 1";

    public void Write(string path)
    {
        var temporary = path + ".new";
        using (var writer = new BinaryWriter(File.Create(temporary), Encoding.UTF8))
        {
            writer.Write(Magic);
            writer.Write(IdentityOfShard());
            WriteFigures(writer);
            WriteVisited(writer);
            WriteLevel(writer, _chunks.Skip(_position).GroupBy(static chunk => chunk.Partition).ToDictionary(static group => group.Key, static group => group.Select(static chunk => chunk.Chunk)), _level);
            WriteLevel(writer, Enumerable.Range(0, _next.Length).ToDictionary(static at => at, at => _next[at].Chunks.AsEnumerable()), _next);
            _states?.Write(writer);
        }

        File.Move(temporary, path, overwrite: true);
    }

    public void Read(string path)
    {
        try
        {
            using var reader = new BinaryReader(File.OpenRead(path), Encoding.UTF8);
            Require(reader.ReadString() == Magic, "it does not begin as one of this version");
            var worker = TakeWorker();
            _identity = Identity(worker, worker.First(out _));
            _idle.Add(worker);
            var identity = IdentityOfShard();
            var written = reader.ReadString();
            Require(written == identity, $"it is of another search: {written}, not {identity}");
            ReadFigures(reader);
            ReadVisited(reader);
            ReadLevel(reader, _level);
            ReadLevel(reader, _next);
            _states?.Read(reader);
            ListChunks();
        }
        catch (Exception broken) when (broken is EndOfStreamException or ArgumentException or OverflowException)
        {
            throw new FormatException($"\"{path}\" is no checkpoint of a search: it is cut off or damaged.", broken);
        }

        void Require(bool holds, string reason)
        {
            if (!holds)
            {
                throw new FormatException($"\"{path}\" is no checkpoint of this search: {reason}.");
            }
        }
    }

    // What must agree for the visited states to mean the same.
    private string Identity(SearchWorker worker, UInt128 first) =>
        $"{worker.System.Name}, first state {first:x32} with steps {worker.DigestOfSteps():x32}, symmetry {worker.UsesSymmetry}, preemptions {_options.Preemptions?.ToString(CultureInfo.InvariantCulture) ?? "any"}, lassos {_options.FindsLassos}, counts {_states is not null}";

    private string IdentityOfShard() => $"{_identity}, shard {_options.Shard?.ToString() ?? "none"}";

    private void WriteFigures(BinaryWriter writer)
    {
        writer.Write(_depth);
        writer.Write(_chunksDone);
        writer.Write(_isDealt);
        writer.Write(_counts.Transitions);
        writer.Write(_counts.Refused);
        writer.Write(_counts.Outside);
        writer.Write(_mostFrontierBytes);
        writer.Write(WholeTime.Ticks);
        CollectSeen(long.MaxValue);
        WriteNames(writer, _rulesSeen);
        WriteNames(writer, _shown);
        writer.Write(_retries.Count);
        foreach (var retry in _retries)
        {
            writer.Write(retry.State);
            writer.Write(retry.Step);
            writer.Write(VisitedStates.High(retry.After));
            writer.Write(VisitedStates.Low(retry.After));
        }
    }

    private void ReadFigures(BinaryReader reader)
    {
        _depth = reader.ReadInt32();
        _chunksDone = reader.ReadInt64();
        _isDealt = reader.ReadBoolean();
        _counts = new(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        _mostFrontierBytes = reader.ReadInt64();
        _earlier = new(reader.ReadInt64());
        ReadNames(reader, _rulesSeen);
        ReadNames(reader, _shown);
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            _retries.Add(new(reader.ReadUInt32(), reader.ReadUInt32(), new(reader.ReadUInt64(), reader.ReadUInt64())));
        }
    }

    private static void WriteNames(BinaryWriter writer, HashSet<string> names)
    {
        writer.Write(names.Count);
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            writer.Write(name);
        }
    }

    private static void ReadNames(BinaryReader reader, HashSet<string> names)
    {
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            names.Add(reader.ReadString());
        }
    }

    private void WriteVisited(BinaryWriter writer)
    {
        for (var number = 0; number < VisitedStates.PartitionCount; number++)
        {
            var partition = _visited.Partition(number);
            writer.Write(partition.Count);
            for (var at = 0; at < partition.Count; at++)
            {
                var entry = partition[at];
                writer.Write(entry.High);
                writer.Write(entry.Low);
                writer.Write(entry.Parent);
                writer.Write(entry.Step);
            }
        }
    }

    private void ReadVisited(BinaryReader reader)
    {
        for (var number = 0; number < VisitedStates.PartitionCount; number++)
        {
            for (var left = reader.ReadInt32(); left > 0; left--)
            {
                _visited.Partition(number).TryAdd(new(reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt32(), reader.ReadUInt32()), out _);
            }
        }
    }

    private static void WriteLevel(BinaryWriter writer, Dictionary<int, IEnumerable<FrontierChunk>> chunks, Frontier[] level)
    {
        foreach (var (partition, run) in chunks)
        {
            foreach (var chunk in run)
            {
                var left = chunk;
                while (level[partition].TryTake(ref left, out var id, out var stored))
                {
                    writer.Write((byte)partition);
                    writer.Write(id);
                    writer.Write(stored.Length);
                    writer.Write(stored);
                }
            }
        }

        writer.Write(byte.MaxValue);
    }

    private static void ReadLevel(BinaryReader reader, Frontier[] level)
    {
        while (reader.ReadByte() is var partition && partition != byte.MaxValue)
        {
            var id = reader.ReadUInt32();
            var length = reader.ReadInt32();
            reader.BaseStream.ReadExactly(level[partition].Add(id, length));
        }
    }
}
