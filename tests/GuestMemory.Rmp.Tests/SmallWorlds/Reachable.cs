using System.Text;
using static GuestMemory.Rmp.Tests.SmallWorlds.SmallWorld;

namespace GuestMemory.Rmp.Tests.SmallWorlds;

/// <summary>Every state that the host and one guest reach from zero with two frames of one block, and the 2M page over them.</summary>
internal sealed class Reachable
{
    private readonly SnpPlatform _platform = new(RmpCoverage.Segmented(30, [1]));
    private readonly Dictionary<string, byte[]> _found = new(StringComparer.Ordinal);
    private readonly Queue<byte[]> _open = new();

    public Reachable()
    {
        var moves = Moves();
        Find();
        while (_open.TryDequeue(out var state))
        {
            Restore(state);
            foreach (var move in moves)
            {
                if (move(_platform))
                {
                    Steps++;
                    Find();
                    Restore(state);
                }
            }
        }
    }

    /// <summary>How many moves changed something.</summary>
    public int Steps { get; private set; }

    public int Count => _found.Count;

    public bool Always(Predicate<ReverseMapTable> fact) => _found.Values.All(state => fact(Restore(state)));

    public bool Sometimes(Predicate<ReverseMapTable> fact) => _found.Values.Any(state => fact(Restore(state)));

    private static List<Func<SnpPlatform, bool>> Moves()
    {
        (Pfn Frame, Gpa Gpa)[] places = [(Head, First), (Head, Second), (Next, First), (Next, Second)];
        var guest = CpuState.Guest(A);
        var moves = new List<Func<SnpPlatform, bool>> { platform => platform.Psmash(Head.Address).IsSuccess };
        foreach (var large in Flags)
        {
            RmpUpdateOperands[] updates =
            [
                .. from frame in new[] { Head, Next } select new RmpUpdateOperands(frame.Address, Assigned: false, IsLarge: large),
                .. from frame in new[] { Head, Next } from immutable in Flags select new RmpUpdateOperands(frame.Address, Assigned: true, IsLarge: large, Immutable: immutable),
                .. from place in places from immutable in Flags select new RmpUpdateOperands(place.Frame.Address, true, A, place.Gpa.Value, large, immutable),
            ];
            var walks = places.Select(place => new GuestWalk(place.Gpa.Value, place.Gpa, place.Frame, large ? PageSize.Size2M : PageSize.Size4K));
            moves.AddRange(updates.Select(operands => (Func<SnpPlatform, bool>)(platform => platform.RmpUpdate(operands).IsSuccess)));
            foreach (var walk in walks)
            {
                moves.AddRange(Flags.Select(flag => (Func<SnpPlatform, bool>)(platform => platform.Pvalidate(guest, walk, large, flag).IsChanged)));
                moves.AddRange(Flags.Select(flag => (Func<SnpPlatform, bool>)(platform => platform.RmpAdjust(guest, walk, large, flag ? 0x1_0001u : 1).IsSuccess)));
            }
        }

        return moves;
    }

    private void Find()
    {
        var writer = new StateWriter([]);
        _platform.Table.WriteState(ref writer);
        var state = writer.Written.ToArray();
        if (_found.TryAdd(Encoding.Latin1.GetString(state), state))
        {
            _open.Enqueue(state);
        }
    }

    private ReverseMapTable Restore(byte[] state)
    {
        StateReader.ReadWhole(state, _platform.Table);
        return _platform.Table;
    }
}
