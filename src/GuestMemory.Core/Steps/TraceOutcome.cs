using System.Buffers.Text;

namespace GuestMemory;

/// <summary>Writes an operation's answer as one JSON object, in the recording's own form, and keeps the rule that decided.</summary>
/// <remarks>Fields are written in the order they are added. Whoever compares the answer closes the object, by <see cref="Close"/>.</remarks>
public ref struct TraceOutcome
{
    private Span<byte> _buffer;
    private int _length;
    private bool _separate;

    /// <summary>Starts an empty object.</summary>
    /// <param name="buffer">Where to write; it is replaced by a larger one when it is too small.</param>
    public TraceOutcome(Span<byte> buffer)
    {
        _buffer = buffer;
        _length = 0;
        _separate = false;
        Compared = true;
        Append("{"u8);
    }

    /// <summary>Whether the recording's answer is to be compared; default <see langword="true"/>.</summary>
    public bool Compared { get; set; }

    /// <summary>The rule that decided the answer; <see langword="null"/> when nothing refused.</summary>
    public Rule? DecidedBy { get; set; }

    /// <summary>What was written so far.</summary>
    public readonly ReadOnlySpan<byte> Json => _buffer[.._length];

    /// <summary>Adds a text field.</summary>
    /// <param name="key">The field's name.</param>
    /// <param name="value">ASCII without quotes or backslashes.</param>
    public void Text(scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> value)
    {
        Key(key);
        Append("\""u8);
        Append(value);
        Append("\""u8);
    }

    /// <summary>Adds a 64-bit field, written as a string with <c>0x</c>.</summary>
    /// <param name="key">The field's name.</param>
    /// <param name="value">The value.</param>
    public void Hex(scoped ReadOnlySpan<byte> key, ulong value)
    {
        Key(key);
        Append("\"0x"u8);
        Span<byte> digits = stackalloc byte[16];
        Utf8Formatter.TryFormat(value, digits, out var written, new('x'));
        Append(digits[..written]);
        Append("\""u8);
    }

    /// <summary>Adds a small number field, written as a JSON number.</summary>
    /// <param name="key">The field's name.</param>
    /// <param name="value">The value.</param>
    public void Number(scoped ReadOnlySpan<byte> key, long value)
    {
        Key(key);
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var written);
        Append(digits[..written]);
    }

    /// <summary>Adds a flag field.</summary>
    /// <param name="key">The field's name.</param>
    /// <param name="value">The value.</param>
    public void Flag(scoped ReadOnlySpan<byte> key, bool value)
    {
        Key(key);
        Append(value ? "true"u8 : "false"u8);
    }

    /// <summary>Opens a list of objects.</summary>
    /// <param name="key">The field's name.</param>
    public void OpenList(scoped ReadOnlySpan<byte> key)
    {
        Key(key);
        Append("["u8);
        _separate = false;
    }

    /// <summary>Opens an object within a list.</summary>
    public void OpenItem()
    {
        Append(_separate ? ",{"u8 : "{"u8);
        _separate = false;
    }

    /// <summary>Closes an object within a list.</summary>
    public void CloseItem()
    {
        Append("}"u8);
        _separate = true;
    }

    /// <summary>Closes the list.</summary>
    public void CloseList()
    {
        Append("]"u8);
        _separate = true;
    }

    /// <summary>Closes the whole object. The reader of the answer calls it, once.</summary>
    public void Close() => Append("}"u8);

    private void Key(scoped ReadOnlySpan<byte> key)
    {
        Append(_separate ? ",\""u8 : "\""u8);
        Append(key);
        Append("\":"u8);
        _separate = true;
    }

    private void Append(scoped ReadOnlySpan<byte> bytes)
    {
        if (_buffer.Length - _length < bytes.Length)
        {
            var larger = new byte[Math.Max(_buffer.Length * 2, _length + bytes.Length)];
            _buffer[.._length].CopyTo(larger);
            _buffer = larger;
        }

        bytes.CopyTo(_buffer[_length..]);
        _length += bytes.Length;
    }
}
