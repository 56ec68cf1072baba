using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestMemory;

/// <summary>Writes an address or frame number to JSON as a string such as <c>"0x1000"</c>.</summary>
/// <typeparam name="T">A type whose format <c>x</c> is what its parser reads.</typeparam>
/// <remarks>
/// A JSON number is refused: most readers of JSON lose the low bits of a large one. The value can also be the
/// key of a dictionary. Nothing here uses reflection.
/// </remarks>
public sealed class HexJsonConverter<T> : JsonConverter<T>
    where T : struct, IUtf8SpanFormattable, IUtf8SpanParsable<T>
{
    // 0x and 16 digits.
    private const int MaxLength = 18;

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException("An address or frame number is a string: \"0x\" and hexadecimal digits.");
        }

        return ReadText(ref reader);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Span<byte> text = stackalloc byte[MaxLength];
        value.TryFormat(text, out var written, "x", null);
        writer.WriteStringValue(text[..written]);
    }

    /// <inheritdoc/>
    public override T ReadAsPropertyName(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadText(ref reader);

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Span<byte> text = stackalloc byte[MaxLength];
        value.TryFormat(text, out var written, "x", null);
        writer.WritePropertyName(text[..written]);
    }

    private static T ReadText(ref Utf8JsonReader reader)
    {
        // An escaped character takes up to six bytes; nothing longer than that can be a number.
        const int Longest = 6 * MaxLength;
        Span<byte> text = stackalloc byte[Longest];
        var length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (length <= Longest && T.TryParse(text[..reader.CopyString(text)], null, out var value))
        {
            return value;
        }

        throw new JsonException("The string is not \"0x\" and 1 to 16 hexadecimal digits.");
    }
}
