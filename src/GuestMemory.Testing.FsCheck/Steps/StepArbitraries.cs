using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Testing;

/// <summary>Sequences of a system's own steps, for properties of your own. <see cref="StepProperties"/> needs less writing.</summary>
public static class StepArbitraries
{
    /// <summary>Sequences drawn from the steps the system offers; FsCheck's size is their length.</summary>
    /// <remarks>
    /// Preferred are steps seldom chosen so far, those that lead to states or refusals not met so far, and going on from where an earlier sequence met one; so what is
    /// drawn depends on what was drawn before from the same value. Shrinking leaves steps out or replaces them, and keeps only what the system then offers.
    /// </remarks>
    /// <param name="system">A system in its first state. It belongs to the generator from now on: apply the steps to another one.</param>
    public static Arbitrary<StepSequence> StepsOf(IStepSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        var walker = new StepWalker(system);
        return StepsOf(walker, new StepDrawer(walker));
    }

    internal static Arbitrary<StepSequence> StepsOf(StepWalker walker, StepDrawer drawer)
    {
        var shrinker = new StepShrinker(walker);
        return Arb.From(
            Gen.Sized(size => Seeds.Select(seed => Sequence(drawer.Draw(seed, Math.Max(1, size))))),
            sequence => shrinker.Shrink(sequence.Numbers).Select(Sequence));

        StepSequence Sequence(uint[] steps) => new(walker.System, steps);
    }

    private static Gen<ulong> Seeds =>
        from high in Gen.Choose(0, int.MaxValue)
        from low in Gen.Choose(0, int.MaxValue)
        select ((ulong)high << 32) + (ulong)low;
}
