namespace GuestMemory.Testing;

/// <summary>What a replay counted.</summary>
/// <param name="Cases">Cases started.</param>
/// <param name="Operations">Operations applied; every one was compared, or left out by the system.</param>
/// <param name="Compared">Answers compared.</param>
/// <param name="Agreed">Answers that agree.</param>
/// <param name="OutsideModel">Operations that the model leaves out; not among <see cref="Operations"/>.</param>
/// <param name="Skipped">Operations not replayed: one that could not be applied, and those after it, whose start is not known; not among <see cref="Operations"/>.</param>
public readonly record struct ReplayCounts(long Cases, long Operations, long Compared, long Agreed, long OutsideModel, long Skipped)
{
    /// <summary>Answers that the system said not to compare.</summary>
    public long LeftOut => Operations - Compared;

    /// <summary>Answers that differ.</summary>
    public long Differed => Compared - Agreed;

    /// <summary>The sum of two counts.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static ReplayCounts operator +(ReplayCounts left, ReplayCounts right) => new(
        left.Cases + right.Cases,
        left.Operations + right.Operations,
        left.Compared + right.Compared,
        left.Agreed + right.Agreed,
        left.OutsideModel + right.OutsideModel,
        left.Skipped + right.Skipped);
}
