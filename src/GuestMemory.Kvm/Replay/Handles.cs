namespace GuestMemory.Kvm;

/// <summary>The names a recording gives to descriptors, VMs and mappings, interned: one number each.</summary>
internal sealed class Handles
{
    private readonly List<ulong> _names = [];
    private readonly List<ulong> _values = [];
    private readonly List<byte[]> _long = [];

    public void Clear()
    {
        _names.Clear();
        _values.Clear();
        _long.Clear();
    }

    public bool TryGet(ReadOnlySpan<byte> name, out ulong value)
    {
        var key = KeyOf(name);
        for (var index = 0; index < _names.Count; index++)
        {
            if (_names[index] == key)
            {
                value = _values[index];
                return true;
            }
        }

        value = 0;
        return false;
    }

    public void Bind(ReadOnlySpan<byte> name, ulong value)
    {
        var key = KeyOf(name);
        var index = _names.IndexOf(key);
        if (index >= 0)
        {
            _values[index] = value;
            return;
        }

        _names.Add(key);
        _values.Add(value);
    }

    public void Unbind(ReadOnlySpan<byte> name)
    {
        var index = _names.IndexOf(KeyOf(name));
        if (index >= 0)
        {
            _names.RemoveAt(index);
            _values.RemoveAt(index);
        }
    }

    // Up to eight characters are the number themselves; longer names, beyond ASCII's reach, count up from its end.
    private ulong KeyOf(ReadOnlySpan<byte> name)
    {
        if (name.Length > 8)
        {
            return KeyOfLong(name);
        }

        var key = 0UL;
        foreach (var letter in name)
        {
            key = (key << 8) | letter;
        }

        return key;
    }

    private ulong KeyOfLong(ReadOnlySpan<byte> name)
    {
        for (var index = 0; index < _long.Count; index++)
        {
            if (name.SequenceEqual(_long[index]))
            {
                return ulong.MaxValue - (ulong)index;
            }
        }

        _long.Add(name.ToArray());
        return ulong.MaxValue - (ulong)(_long.Count - 1);
    }
}
