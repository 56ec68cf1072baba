using System.Text;
using System.Text.Json;

namespace GuestMemory.Testing;

/// <summary>Reads single fields of the objects that stand once in a file or a case.</summary>
internal static class JsonFields
{
    /// <summary>A field's text as written: a string without its quotes, or a number. Escapes stay escapes, so nothing in it can break a line of a report.</summary>
    /// <param name="json">An object; it is well-formed.</param>
    /// <param name="keys">The way to the field.</param>
    /// <returns><see langword="null"/> when there is no such field, or it is of another form.</returns>
    public static string? Text(ReadOnlySpan<byte> json, params ReadOnlySpan<string> keys)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        foreach (var key in keys)
        {
            if (reader.TokenType != JsonTokenType.StartObject || !TryGoTo(ref reader, key))
            {
                return null;
            }
        }

        return reader.TokenType is JsonTokenType.String or JsonTokenType.Number ? Encoding.UTF8.GetString(reader.ValueSpan) : null;
    }

    private static bool TryGoTo(ref Utf8JsonReader reader, string key)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Compared as written: an escaped name is no name of the format, and unescaping may fail.
            var found = Ascii.Equals(reader.ValueSpan, key);
            reader.Read();
            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
