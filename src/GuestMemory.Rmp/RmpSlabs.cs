using System.Runtime.CompilerServices;

namespace GuestMemory.Rmp;

/// <summary>Room for the entries of blocks whose pages differ, 512 at a time out of arrays that many blocks share: an array's length, read with every entry, then stays near.</summary>
/// <remarks>A new array has a quarter of the room there is already, one block to <see cref="Largest"/>: no more than that lies idle. What is given back is used again; which room a block has is not part of the state.</remarks>
internal sealed class RmpSlabs
{
    private const int Bits = 7;
    private const int Largest = 1 << Bits;
    private const int PerBlock = (int)ReverseMapTable.PagesPerBlock;
    private readonly Stack<int> _free = [];
    private RmpEntry[][] _slabs = [[]];
    private int _used;
    private int _total;

    /// <summary>Room for one block, never 0; what lies there is undefined.</summary>
    public int Take()
    {
        if (_free.TryPop(out var free))
        {
            return free;
        }

        if (_used == _slabs[^1].Length / PerBlock)
        {
            Grow();
        }

        return ((_slabs.Length - 1) << Bits) | _used++;
    }

    /// <summary>Takes a block's room back.</summary>
    public void Return(int room) => _free.Push(room);

    /// <summary>The array a room lies in, and its place there, counted in rooms.</summary>
    public (RmpEntry[] Slab, byte Place) Find(int room) => (_slabs[room >> Bits], (byte)(room % Largest));

    /// <summary>One of them.</summary>
    /// <param name="room">The room.</param>
    /// <param name="frame">The frame, by its number in the block or in the machine.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly RmpEntry Entry(int room, ulong frame)
    {
        unchecked
        {
            return ref _slabs[room >> Bits][((room & (Largest - 1)) * PerBlock) | ((int)frame & (PerBlock - 1))];
        }
    }

    /// <summary>Takes all room back.</summary>
    public void Clear()
    {
        _free.Clear();
        (_slabs, _used, _total) = ([[]], 0, 0);
    }

    private void Grow()
    {
        var rooms = Math.Clamp(_total / 4, 1, Largest);
        Array.Resize(ref _slabs, _slabs.Length + 1);
        _slabs[^1] = new RmpEntry[rooms * PerBlock];
        (_used, _total) = (0, _total + rooms);
    }
}
