using System.Buffers.Text;
using System.Numerics;

namespace GuestMemory;

/// <summary>Writes an operation's answer as one JSON object, in the recording's own form, and keeps the rule that decided.</summary>
/// <remarks>Fields are written in the order they are added. Whoever compares the answer closes the object, by <see cref="Close"/>.</remarks>
public ref struct TraceOutcome
{
    // A sign and nineteen digits.
    private const int MostDigits = 20;

    private Span<byte> _buffer;
    private int _length;
    private int _required;
    private bool _separate;

    /// <summary>Starts an empty object.</summary>
    /// <param name="buffer">Where to write; it is replaced by a larger one when it is too small.</param>
    public TraceOutcome(Span<byte> buffer)
    {
        _buffer = buffer;
        _length = 0;
        _required = -1;
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

    /// <summary>Whether <see cref="BeginOptional"/> was called.</summary>
    public readonly bool HasOptional => _required >= 0;

    /// <summary>What was written before the optional fields, without a closing brace; everything when none are optional.</summary>
    public readonly ReadOnlySpan<byte> Required => _buffer[..(HasOptional ? _required : _length)];

    /// <summary>Says that the fields from here on may all be missing in a recorded answer: its recorder did not look at them then.</summary>
    /// <remarks>A recorded answer with any of them must have them all. Called between fields, at most once; a later call changes nothing.</remarks>
    public void BeginOptional() => _required = HasOptional ? _required : _length;

    /// <summary>Adds a text field.</summary>
    /// <param name="key">The field's name.</param>
    /// <param name="value">ASCII without quotes or backslashes.</param>
    public void Text(scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> value)
    {
        Key(key);
        Quote(value);
    }

    /// <summary>Adds a 64-bit field, written as a string with <c>0x</c>.</summary>
    /// <param name="key">The field's name.</param>
    /// <param name="value">The value.</param>
    /// <param name="digits">How many digits to write at least, 1 to 16.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="digits"/> is not 1 to 16.</exception>
    public void Hex(scoped ReadOnlySpan<byte> key, ulong value, int digits = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(digits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digits, 16);
        Key(key);
        digits = Math.Max(digits, (67 - BitOperations.LeadingZeroCount(value)) / 4);
        var text = Reserve(digits + 4);
        text[0] = (byte)'"';
        text[1] = (byte)'0';
        text[2] = (byte)'x';
        text[^1] = (byte)'"';
        for (var at = digits + 2; at > 2; at--, value >>= 4)
        {
            text[at] = "0123456789abcdef"u8[(int)(value & 15)];
        }
    }

    /// <summary>Adds a small number field, written as a JSON number.</summary>
    /// <param name="key">The field's name.</param>
    /// <param name="value">The value.</param>
    public void Number(scoped ReadOnlySpan<byte> key, long value)
    {
        Key(key);
        Digits(value);
    }

    /// <summary>Adds a flag field.</summary>
    /// <param name="key">The field's name.</param>
    /// <param name="value">The value.</param>
    public void Flag(scoped ReadOnlySpan<byte> key, bool value)
    {
        Key(key);
        Append(value ? "true"u8 : "false"u8);
    }

    /// <summary>Adds a field that says nothing is there.</summary>
    /// <param name="key">The field's name.</param>
    public void Null(scoped ReadOnlySpan<byte> key)
    {
        Key(key);
        Append("null"u8);
    }

    /// <summary>Opens an object that is a field's value.</summary>
    /// <param name="key">The field's name.</param>
    public void OpenObject(scoped ReadOnlySpan<byte> key)
    {
        Key(key);
        Append("{"u8);
        _separate = false;
    }

    /// <summary>Closes an object that is a field's value.</summary>
    public void CloseObject() => CloseItem();

    /// <summary>Opens a list.</summary>
    /// <param name="key">The field's name.</param>
    public void OpenList(scoped ReadOnlySpan<byte> key)
    {
        Key(key);
        Append("["u8);
        _separate = false;
    }

    /// <summary>Opens a list within a list.</summary>
    public void OpenRow()
    {
        Append(_separate ? ",["u8 : "["u8);
        _separate = false;
    }

    /// <summary>Opens an object within a list.</summary>
    public void OpenItem()
    {
        Append(_separate ? ",{"u8 : "{"u8);
        _separate = false;
    }

    /// <summary>Adds a number to a list.</summary>
    /// <param name="value">The value.</param>
    public void Item(long value)
    {
        Separate();
        Digits(value);
    }

    /// <summary>Adds a text to a list.</summary>
    /// <param name="value">ASCII without quotes or backslashes.</param>
    public void Item(scoped ReadOnlySpan<byte> value)
    {
        Separate();
        Quote(value);
    }

    /// <summary>Closes an object within a list.</summary>
    public void CloseItem()
    {
        Append("}"u8);
        _separate = true;
    }

    /// <summary>Closes a list.</summary>
    public void CloseList()
    {
        Append("]"u8);
        _separate = true;
    }

    /// <summary>Closes the whole object. The reader of the answer calls it, once.</summary>
    public void Close() => Append("}"u8);

    private void Key(scoped ReadOnlySpan<byte> key)
    {
        var before = _separate ? 1 : 0;
        var text = Reserve(before + key.Length + 3);
        text[0] = (byte)',';
        text[before] = (byte)'"';
        key.CopyTo(text[(before + 1)..]);
        text[^2] = (byte)'"';
        text[^1] = (byte)':';
        _separate = true;
    }

    private void Separate()
    {
        if (_separate)
        {
            Append(","u8);
        }

        _separate = true;
    }

    private void Quote(scoped ReadOnlySpan<byte> value)
    {
        var text = Reserve(value.Length + 2);
        text[0] = (byte)'"';
        value.CopyTo(text[1..]);
        text[^1] = (byte)'"';
    }

    private void Digits(long value)
    {
        if (value is >= 0 and < 10)
        {
            Reserve(1)[0] = (byte)('0' + value);
            return;
        }

        Utf8Formatter.TryFormat(value, Reserve(MostDigits), out var written);
        _length -= MostDigits - written;
    }

    private void Append(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    private Span<byte> Reserve(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            var larger = new byte[Math.Max(_buffer.Length * 2, _length + bytes)];
            _buffer[.._length].CopyTo(larger);
            _buffer = larger;
        }

        _length += bytes;
        return _buffer.Slice(_length - bytes, bytes);
    }
}
