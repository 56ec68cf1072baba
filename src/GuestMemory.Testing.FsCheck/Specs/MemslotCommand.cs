using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Testing;

/// <summary>A command to a memslot.</summary>
/// <param name="Call">The call.</param>
/// <param name="At">Frame or page, from 0, the slot's first being <see cref="Before"/>.</param>
/// <param name="Count">How many pages.</param>
/// <param name="Kind">The kind wanted.</param>
internal readonly record struct MemslotCommand(MemslotCall Call, ulong At, ulong Count, PageKind Kind)
{
    /// <summary>Frames before the slot that commands name.</summary>
    public const ulong Before = 2;

    /// <summary>Frames of the slot.</summary>
    public const ulong Frames = 16;

    /// <summary>The commands.</summary>
    public static Arbitrary<MemslotCommand> Any { get; } = Arb.From(
        from call in Gen.Frequency((6, Gen.Constant(MemslotCall.Resolve)), (4, Gen.Constant(MemslotCall.FindShared)), (1, Gen.Constant(MemslotCall.Release)), (2, Gen.Constant(MemslotCall.ReadBack)))
        from at in SpecGens.Number(0, (int)(Before + Frames) + 1)
        from count in SpecGens.Number(1, (int)(Frames + Before))
        from kind in SpecGens.Kind
        select new MemslotCommand(call, at, count, kind),
        static command => command.Simpler());

    /// <summary>The command in words.</summary>
    public override string ToString() => Call switch
    {
        MemslotCall.Resolve => $"Resolve frame={(long)At - (long)Before} kind={Kind}",
        MemslotCall.FindShared => $"FindShared pages={(long)At - (long)Before}+{Count}",
        _ => Call.ToString(),
    };

    // Frames before the slot are as far from simple as the last ones.
    private ulong Distance => At < Before ? Frames + Before - At : At - Before;

    private IEnumerable<MemslotCommand> Simpler()
    {
        MemslotCommand[] simpler =
        [
            this with { At = Math.Min(At, Before) }, this with { At = Math.Max(At / 2, Before) }, this with { At = Math.Max(At, 1) - 1 }, this with { Count = 1 },
            this with { Count = (Count + 1) / 2 }, this with { Count = Math.Max(Count, 2) - 1 }, this with { Kind = PageKind.Shared },
        ];
        var self = this;
        return simpler.Where(command => command != self && command.Distance <= self.Distance);
    }
}
