using System.Diagnostics.CodeAnalysis;

namespace GuestMemory;

public readonly partial record struct Gpa :
    IHexNumber<Gpa>, ISpanFormattable, IUtf8SpanFormattable, ISpanParsable<Gpa>, IUtf8SpanParsable<Gpa>
{
    static string IHexNumber<Gpa>.Prefix => "gpa 0x";

    /// <inheritdoc/>
    public static Gpa Parse(string s, IFormatProvider? provider)
    {
        ArgumentNullException.ThrowIfNull(s);
        return HexNumber.Parse<Gpa, char>(s);
    }

    /// <inheritdoc/>
    public static Gpa Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => HexNumber.Parse<Gpa, char>(s);

    /// <inheritdoc/>
    public static Gpa Parse(ReadOnlySpan<byte> utf8Text, IFormatProvider? provider) =>
        HexNumber.Parse<Gpa, byte>(utf8Text);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Gpa result) =>
        HexNumber.TryParse(s.AsSpan(), out result);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Gpa result) =>
        HexNumber.TryParse(s, out result);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<byte> utf8Text, IFormatProvider? provider, out Gpa result) =>
        HexNumber.TryParse(utf8Text, out result);

    /// <summary>Returns the number with its unit, for example <c>gpa 0x12</c>.</summary>
    public override string ToString() => HexNumber.ToString(this, default);

    /// <summary>Returns the number as text.</summary>
    /// <param name="format">Null or empty for <c>gpa 0x12</c>, <c>x</c> for <c>0x12</c>.</param>
    /// <param name="formatProvider">Ignored.</param>
    public string ToString(string? format, IFormatProvider? formatProvider) => HexNumber.ToString(this, format);

    /// <inheritdoc/>
    public bool TryFormat(
        Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        HexNumber.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc/>
    public bool TryFormat(
        Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        HexNumber.TryFormat(this, utf8Destination, out bytesWritten, format);

    static Gpa IHexNumber<Gpa>.FromValue(ulong value) => new(value);
}
