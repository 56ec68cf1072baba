using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Tests;

/// <summary>One call of <c>Set</c>, or of <c>Remove</c> when there is no choice of a value.</summary>
public readonly record struct RangeMapChange(ulong Start, ulong End, int? Choice)
{
    public const int Choices = 3;
    public const ulong Window = 64;

    /// <summary>Sequences of changes; a failing one is shrunk by leaving changes out.</summary>
    public static Arbitrary<RangeMapChange[]> Sequences { get; } =
        Arb.From(Gen.ArrayOf(Changes()), Shorter);

    private static Gen<RangeMapChange> Changes() =>
        from start in Gen.Choose(0, (int)Window)
        from length in Gen.Frequency((3, Gen.Choose(0, 4)), (1, Gen.Choose(0, (int)Window)))
        from choice in Gen.Choose(-1, Choices - 1)
        select new RangeMapChange(
            (ulong)start, (ulong)Math.Min(start + length, (int)Window), choice < 0 ? null : choice);

    private static IEnumerable<RangeMapChange[]> Shorter(RangeMapChange[] changes) =>
        Enumerable.Range(0, changes.Length).Select(i => changes.Where((_, j) => j != i).ToArray());
}
