namespace GuestMemory.Testing;

/// <summary>The lines of the case being replayed, kept so that it can be replayed once more. The room is used again by the next case.</summary>
internal sealed class CaseLines
{
    /// <summary>The most bytes kept, 64 MiB.</summary>
    public const int Most = 64 << 20;

    private byte[] _bytes = new byte[1 << 16];
    private int _length;
    private int _operations;

    /// <summary>Whether every line of the case is kept.</summary>
    public bool Complete { get; private set; } = true;

    /// <summary>The case's name.</summary>
    public string Name => JsonFields.Text(_bytes.AsSpan(0, _operations), "case", "name") ?? "(no name)";

    /// <summary>The operations' lines, each with a line feed after it.</summary>
    public ReadOnlySpan<byte> Operations => _bytes.AsSpan(_operations, _length - _operations);

    /// <summary>Starts a case.</summary>
    /// <param name="line">Its line.</param>
    public void Start(ReadOnlySpan<byte> line)
    {
        _length = 0;
        Complete = true;
        Add(line);
        _operations = _length;
    }

    /// <summary>Keeps a line, if there is room.</summary>
    /// <param name="line">The line, without its end.</param>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (!Complete || !TryMakeRoom(line.Length + 1))
        {
            return;
        }

        line.CopyTo(_bytes.AsSpan(_length));
        _length += line.Length;
        _bytes[_length++] = (byte)'\n';
    }

    private bool TryMakeRoom(int bytes)
    {
        if (_bytes.Length - _length >= bytes)
        {
            return true;
        }

        if (bytes > Most - _length)
        {
            Complete = false;
            return false;
        }

        Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes));
        return true;
    }
}
