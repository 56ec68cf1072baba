using System.Text.Json;

namespace GuestMemory.Testing;

/// <summary>Compares a recorded answer with a system's, both JSON.</summary>
/// <remarks>
/// Equal bytes agree at once. Otherwise what is said counts, not how it is spelled: white space, the order of an object's fields, escapes and the form of a
/// number (<c>10</c>, <c>1e1</c>) do not matter; the order of a list does. Every field of each side must stand on the other, once.
/// </remarks>
public static class OutcomeComparer
{
    /// <summary>Whether two answers say the same.</summary>
    /// <param name="expected">The recorded answer.</param>
    /// <param name="actual">The system's answer.</param>
    /// <returns><see langword="false"/> also when a side is no JSON, unless both are the same bytes.</returns>
    public static bool Agree(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual) => expected.SequenceEqual(actual) || SameContent(expected, actual);

    /// <summary>Whether a recorded answer and a system's say the same, or the recorded one has none of the system's optional fields and all of the others.</summary>
    /// <param name="expected">The recorded answer.</param>
    /// <param name="actual">The system's answer, closed.</param>
    public static bool Agree(ReadOnlySpan<byte> expected, in TraceOutcome actual)
    {
        if (!actual.HasOptional)
        {
            return Agree(expected, actual.Json);
        }

        var required = actual.Required;
        return expected.SequenceEqual(actual.Json)
            || (expected.Length == required.Length + 1 && expected[^1] == (byte)'}' && expected.StartsWith(required))
            || SameContent(expected, actual.Json)
            || SameContent(expected, [.. required, (byte)'}']);
    }

    private static bool SameContent(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        try
        {
            var left = new Utf8JsonReader(expected);
            var right = new Utf8JsonReader(actual);
            return left.Read() && right.Read() && SameValue(ref left, ref right) && !left.Read() && !right.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool SameValue(scoped ref Utf8JsonReader left, scoped ref Utf8JsonReader right)
    {
        if (left.TokenType != right.TokenType)
        {
            return false;
        }

        return left.TokenType switch
        {
            JsonTokenType.StartObject => SameObject(ref left, ref right),
            JsonTokenType.StartArray => SameList(ref left, ref right),
            JsonTokenType.String => SameText(ref left, ref right),
            JsonTokenType.Number => SameNumber(ref left, ref right),
            _ => true,
        };
    }

    private static bool SameObject(scoped ref Utf8JsonReader left, scoped ref Utf8JsonReader right)
    {
        if (!EveryFieldStandsIn(left, right, compareValues: true) || !EveryFieldStandsIn(right, left, compareValues: false))
        {
            return false;
        }

        left.Skip();
        right.Skip();
        return true;
    }

    /// <summary>Whether every field of one object stands exactly once in another. The readers are copies: their callers' stay where they are.</summary>
    private static bool EveryFieldStandsIn(Utf8JsonReader one, Utf8JsonReader other, bool compareValues)
    {
        while (one.Read() && one.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryFindOnce(ref one, other, out var found))
            {
                return false;
            }

            one.Read();
            var value = one;
            if (compareValues && !SameValue(ref value, ref found))
            {
                return false;
            }

            one.Skip();
        }

        return true;
    }

    private static bool TryFindOnce(scoped ref Utf8JsonReader field, Utf8JsonReader fields, out Utf8JsonReader value)
    {
        var times = 0;
        value = default;
        while (fields.Read() && fields.TokenType == JsonTokenType.PropertyName)
        {
            var same = SameText(ref field, ref fields);
            fields.Read();
            if (same)
            {
                value = fields;
                times++;
            }

            fields.Skip();
        }

        return times == 1;
    }

    private static bool SameList(scoped ref Utf8JsonReader left, scoped ref Utf8JsonReader right)
    {
        while (left.Read() & right.Read())
        {
            if (left.TokenType == JsonTokenType.EndArray || right.TokenType == JsonTokenType.EndArray)
            {
                return left.TokenType == right.TokenType;
            }

            if (!SameValue(ref left, ref right))
            {
                return false;
            }
        }

        return false;
    }

    private static bool SameText(scoped ref Utf8JsonReader left, scoped ref Utf8JsonReader right)
    {
        if (left.ValueSpan.SequenceEqual(right.ValueSpan))
        {
            return true;
        }

        return (left.ValueIsEscaped || right.ValueIsEscaped) && TryUnescape(ref left, out var one) && TryUnescape(ref right, out var other) && string.Equals(one, other, StringComparison.Ordinal);
    }

    /// <summary>Half a surrogate pair is JSON but no text.</summary>
    private static bool TryUnescape(scoped ref Utf8JsonReader reader, out string? text)
    {
        try
        {
            text = reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            text = null;
            return false;
        }
    }

    private static bool SameNumber(scoped ref Utf8JsonReader left, scoped ref Utf8JsonReader right) =>
        left.ValueSpan.SequenceEqual(right.ValueSpan)
        || (left.TryGetDecimal(out var one) && right.TryGetDecimal(out var other) && one == other);
}
