namespace GuestMemory.Testing;

/// <summary>What was counted.</summary>
/// <param name="Transitions">Steps made, checked and looked up.</param>
/// <param name="Refused">Steps refused.</param>
/// <param name="Outside">Steps the model does not decide.</param>
internal readonly record struct SearchCounts(long Transitions, long Refused, long Outside)
{
    public static SearchCounts operator +(SearchCounts left, SearchCounts right) =>
        new(left.Transitions + right.Transitions, left.Refused + right.Refused, left.Outside + right.Outside);

    public static SearchCounts operator -(SearchCounts left, SearchCounts right) =>
        new(left.Transitions - right.Transitions, left.Refused - right.Refused, left.Outside - right.Outside);
}
