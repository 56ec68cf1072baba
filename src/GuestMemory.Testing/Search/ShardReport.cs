namespace GuestMemory.Testing;

/// <summary>A shard's report in its file.</summary>
internal static class ShardReport
{
    public static void Write(BinaryWriter writer, SearchReport report)
    {
        writer.Write(report.System);
        writer.Write((int)report.End);
        writer.Write(report.Depth);
        writer.Write(report.Frontier);
        writer.Write(report.VisitedBytes);
        writer.Write(report.FrontierBytes);
        writer.Write(report.Elapsed.Ticks);
        WriteList(writer, report.Properties, static (writer, property) =>
        {
            writer.Write(property.Name);
            writer.Write((byte)property.Kind);
            writer.Write(property.Holds);
        });
        WriteList(writer, report.RulesSeen, static (writer, rule) => writer.Write(rule));
        writer.Write(report.Counterexample is not null);
        if (report.Counterexample is { } counterexample)
        {
            writer.Write(counterexample.Breaks);
            writer.Write(counterexample.Message);
            WriteList(writer, counterexample.Steps, WriteStep);
        }
    }

    public static SearchReport Read(BinaryReader reader)
    {
        var system = reader.ReadString();
        var end = (SearchEnd)reader.ReadInt32();
        var depth = reader.ReadInt32();
        var frontier = reader.ReadInt64();
        var (visitedBytes, frontierBytes) = (reader.ReadInt64(), reader.ReadInt64());
        var elapsed = new TimeSpan(reader.ReadInt64());
        var properties = ReadList(reader, static reader => new PropertyVerdict(reader.ReadString(), (PropertyKind)reader.ReadByte(), reader.ReadBoolean()));
        var rules = ReadList(reader, static reader => reader.ReadString());
        var counterexample = reader.ReadBoolean() ? new Counterexample(system, reader.ReadString(), reader.ReadString(), ReadList(reader, ReadStep)) : null;
        return new(system, end, 0, 0, 0, 0, depth, frontier, visitedBytes, frontierBytes, elapsed) { Properties = properties, RulesSeen = rules, Counterexample = counterexample };
    }

    private static void WriteStep(BinaryWriter writer, CounterexampleStep step)
    {
        writer.Write(step.Code);
        writer.Write(step.Text);
        writer.Write(step.Actor is not null);
        writer.Write(step.Actor ?? "");
        writer.Write(step.Answer);
    }

    private static CounterexampleStep ReadStep(BinaryReader reader)
    {
        var (code, text, hasActor, actor) = (reader.ReadUInt32(), reader.ReadString(), reader.ReadBoolean(), reader.ReadString());
        return new(code, text, hasActor ? actor : null, reader.ReadString());
    }

    private static void WriteList<T>(BinaryWriter writer, IReadOnlyList<T> items, Action<BinaryWriter, T> write)
    {
        writer.Write(items.Count);
        foreach (var item in items)
        {
            write(writer, item);
        }
    }

    private static List<T> ReadList<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var items = new List<T>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            items.Add(read(reader));
        }

        return items;
    }
}
