namespace GuestMemory.Testing;

/// <summary>A small open-addressed table of numbers into the log: 8 bytes a slot, half of them fingerprint, at most thirteen sixteenths full.</summary>
internal sealed class VisitedSlots(int bits)
{
    public const int Capacity = 1 << 10;
    public const long Bytes = (8L * Capacity) + 48;
    private readonly ulong[] _slots = new ulong[Capacity];
    private int _used;

    /// <summary>Bits of the fingerprint that all its entries share.</summary>
    public int Bits { get; } = bits;

    public bool IsFull => _used >= Capacity * 13 / 16;

    public static int FirstSlot(ulong low) => (int)(low & (Capacity - 1));

    public static int Next(int slot) => (slot + 1) & (Capacity - 1);

    public static uint TagOf(ulong low) => (uint)(low >> 32);

    public bool TryGet(int slot, out int local, out uint tag)
    {
        var value = _slots[slot];
        local = (int)(value & uint.MaxValue) - 1;
        tag = (uint)(value >> 32);
        return value != 0;
    }

    public void Set(int slot, ulong low, int local)
    {
        _slots[slot] = ((ulong)TagOf(low) << 32) | (uint)(local + 1);
        _used++;
    }

    public void Add(ulong low, int local)
    {
        var slot = FirstSlot(low);
        while (_slots[slot] != 0)
        {
            slot = Next(slot);
        }

        Set(slot, low, local);
    }
}
