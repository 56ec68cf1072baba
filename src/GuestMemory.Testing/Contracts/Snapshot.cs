namespace GuestMemory.Testing;

/// <summary>A machine's state at one moment, to show that a step changed nothing.</summary>
internal sealed class Snapshot
{
    private readonly Machine _machine;
    private readonly IStateful? _part;
    private readonly byte[] _machineBytes;
    private readonly byte[] _partBytes;
    private readonly string _mappings;

    private Snapshot(Machine machine, IStateful? part)
    {
        _machine = machine;
        _part = part;
        _machineBytes = machine.WriteState().ToArray();
        _partBytes = Bytes(part);
        _mappings = Mappings(machine);
    }

    /// <summary>Takes the state of a machine, and of a part that need not belong to it.</summary>
    public static Snapshot Of(Machine machine, object? part = null) => new(machine, part as IStateful);

    /// <summary>The canonical bytes of a part; none when it writes none.</summary>
    public static byte[] Bytes(IStateful? part)
    {
        if (part is null)
        {
            return [];
        }

        var writer = new StateWriter([]);
        part.WriteState(ref writer);
        return writer.Written.ToArray();
    }

    /// <summary>What is another state now; <see langword="null"/> when nothing is.</summary>
    public string? FindChange()
    {
        if (!_machine.WriteState().SequenceEqual(_machineBytes))
        {
            return "that the machine's state changed";
        }

        if (!Bytes(_part).AsSpan().SequenceEqual(_partBytes))
        {
            return "that the state of what is tested changed";
        }

        return Mappings(_machine) == _mappings ? null : "that the reverse index holds other entries";
    }

    private static string Mappings(Machine machine) =>
        string.Join('\n', machine.Mappings.Runs.ToArray().Select(run => $"{run.Start:x}-{run.End:x} {run.Value}"));
}
