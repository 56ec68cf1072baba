using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace GuestMemory.Testing;

/// <summary>Has FsCheck draw values, try them, and shrink the first that fails.</summary>
internal static class PropertyRun
{
    /// <summary>Looks for a value that fails.</summary>
    /// <param name="values">Where values come from.</param>
    /// <param name="fails">Why a value fails; <see langword="null"/> when it does not.</param>
    /// <param name="options">How many, how large, which.</param>
    /// <returns>Why the last one that failed did: the one FsCheck could not make simpler. <see langword="null"/> when none fails.</returns>
    public static TFailure? FirstFailure<T, TFailure>(Arbitrary<T> values, Func<T, TFailure?> fails, SequenceOptions options)
        where TFailure : class
    {
        TFailure? last = null;
        var runner = new QuietRunner();
        Prop.ForAll(values, value => !Fails(value)).Check(ConfigOf(options, runner));
        return last is not null || runner.Result is { IsPassed: true }
            ? last
            : throw new InvalidOperationException($"FsCheck ended without a result: {runner.Result}");

        bool Fails(T value)
        {
            var failure = fails(value);
            last = failure ?? last;
            return failure is not null;
        }
    }

    private static Config ConfigOf(SequenceOptions options, QuietRunner runner) => Config.Quick
        .WithMaxTest(options.Sequences)
        .WithStartSize(1)
        .WithEndSize(options.Length)
        .WithReplay(FSharpOption<Replay>.Some(new(new(options.Seed), FSharpOption<int>.None)))
        .WithRunner(runner);
}
