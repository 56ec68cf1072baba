using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Tests;

/// <summary>Sequences of random steps; a failing one is shrunk by leaving steps out.</summary>
internal static class Sequences
{
    public static Arbitrary<T[]> Of<T>(Gen<T> steps) => Arb.From(Gen.ArrayOf(steps), Shorter);

    public static Arbitrary<T[]> Of<T>(Gen<T> steps, int count) => Arb.From(Gen.ArrayOf(steps, count), Shorter);

    public static void Check<T>(this Arbitrary<T[]> sequences, int tests, Action<T[]> fact) =>
        Prop.ForAll(sequences, fact).Check(Config.QuickThrowOnFailure.WithMaxTest(tests));

    /// <summary>A number below a limit.</summary>
    public static Gen<ulong> Below(ulong limit) => Gen.Choose(0, checked((int)limit - 1)).Select(value => (ulong)value);

    private static IEnumerable<T[]> Shorter<T>(T[] steps)
    {
        for (var part = steps.Length / 2; part > 0; part /= 2)
        {
            for (var at = 0; at + part <= steps.Length; at += part)
            {
                yield return [.. steps[..at], .. steps[(at + part)..]];
            }
        }
    }
}
