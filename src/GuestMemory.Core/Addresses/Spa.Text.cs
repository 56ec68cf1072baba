using System.Diagnostics.CodeAnalysis;

namespace GuestMemory;

public readonly partial record struct Spa :
    IHexNumber<Spa>, ISpanFormattable, IUtf8SpanFormattable, ISpanParsable<Spa>, IUtf8SpanParsable<Spa>
{
    static string IHexNumber<Spa>.Prefix => "spa 0x";

    /// <inheritdoc/>
    public static Spa Parse(string s, IFormatProvider? provider)
    {
        ArgumentNullException.ThrowIfNull(s);
        return HexNumber.Parse<Spa, char>(s);
    }

    /// <inheritdoc/>
    public static Spa Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => HexNumber.Parse<Spa, char>(s);

    /// <inheritdoc/>
    public static Spa Parse(ReadOnlySpan<byte> utf8Text, IFormatProvider? provider) =>
        HexNumber.Parse<Spa, byte>(utf8Text);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Spa result) =>
        HexNumber.TryParse(s.AsSpan(), out result);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Spa result) =>
        HexNumber.TryParse(s, out result);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<byte> utf8Text, IFormatProvider? provider, out Spa result) =>
        HexNumber.TryParse(utf8Text, out result);

    /// <summary>Returns the number with its unit, for example <c>spa 0x12</c>.</summary>
    public override string ToString() => HexNumber.ToString(this, default);

    /// <summary>Returns the number as text.</summary>
    /// <param name="format">Null or empty for <c>spa 0x12</c>, <c>x</c> for <c>0x12</c>.</param>
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

    static Spa IHexNumber<Spa>.FromValue(ulong value) => new(value);
}
