using System.Globalization;
using System.Runtime.CompilerServices;

namespace GuestMemory;

/// <summary>A breach in words, put together only when there is one.</summary>
[InterpolatedStringHandler]
internal ref struct BreachText
{
    private DefaultInterpolatedStringHandler _text;

    public BreachText(int literalLength, int formattedCount, bool holds, out bool isNeeded)
    {
        isNeeded = !holds;
        _text = holds ? default : new(literalLength, formattedCount, CultureInfo.InvariantCulture);
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    public string ToStringAndClear() => _text.ToStringAndClear();
}
