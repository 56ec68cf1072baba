namespace GuestMemory;

/// <summary>A value that a whole run of keys shares, possibly growing along the run.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
/// <remarks>
/// An implementation is a function of the start of the run: <c>Advance(0)</c> equals the value itself,
/// and <c>Advance(a).Advance(b)</c> equals <c>Advance(a + b)</c>. <see cref="RangeMap{TValue}"/> relies
/// on both to merge and split runs.
/// </remarks>
public interface IRangeValue<TSelf>
    where TSelf : struct, IRangeValue<TSelf>
{
    /// <summary>
    /// Returns the value seen <paramref name="count"/> keys further on: a constant returns itself, a value
    /// that holds a frame returns the frame plus <paramref name="count"/>.
    /// </summary>
    /// <param name="count">
    /// A number of keys, up to and including the length of the run: the value one past the end is compared
    /// with the next run.
    /// </param>
    TSelf Advance(ulong count);
}
