using System.Globalization;

namespace GuestMemory.Benchmarks;

/// <summary>One line of the quick table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Figure">What came out.</param>
/// <param name="Unit">Of figure and limit.</param>
/// <param name="Limit">The budget; <see langword="null"/> where there is none.</param>
/// <param name="IsRate">More is better; otherwise less is.</param>
internal sealed record Budget(string What, double Figure, string Unit, double? Limit = null, bool IsRate = false)
{
    private bool Holds => Limit is not { } limit || (IsRate ? Figure >= limit : Figure < limit);

    public override string ToString()
    {
        var limit = Limit is { } value ? string.Create(CultureInfo.InvariantCulture, $"{(IsRate ? ">=" : "<")} {value:g4}") : "";
        var verdict = Limit is null ? "" : Holds ? "holds" : "MISSED";
        return string.Create(CultureInfo.InvariantCulture, $"{What,-62} {Figure,10:g4} {Unit,-12} {limit,-10} {verdict}").TrimEnd();
    }
}
