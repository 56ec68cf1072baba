namespace GuestMemory.Kvm;

/// <summary>The names a recording gives to descriptors, VMs and mappings. Names of up to eight bytes are compared as one number.</summary>
internal sealed class Handles
{
    private readonly List<ulong> _names = [];
    private readonly List<ulong> _values = [];

    public void Clear()
    {
        _names.Clear();
        _values.Clear();
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

    private static ulong KeyOf(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > 8)
        {
            throw new FormatException($"a name has 1 to 8 characters, not {name.Length}");
        }

        var key = 0UL;
        foreach (var letter in name)
        {
            key = (key << 8) | letter;
        }

        return key;
    }
}
