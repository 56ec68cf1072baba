using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Rmp.Tests.Sequences;

/// <summary>Random sequences from a fixed seed; a failing one is shrunk by leaving steps out.</summary>
internal static class Sequences
{
    private const ulong Seed = 20_240_601;

    public static Arbitrary<T[]> Of<T>(Gen<T> steps, int most) =>
        Arb.From(Gen.Choose(1, most).SelectMany(count => Gen.ArrayOf(steps, count)), Shorter);

    public static void Check<T>(this Arbitrary<T[]> sequences, int tests, Action<T[]> fact, ulong seed = Seed) =>
        Prop.ForAll(sequences, fact).Check(Config.QuickThrowOnFailure.WithMaxTest(tests).WithReplay(seed, 1));

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
