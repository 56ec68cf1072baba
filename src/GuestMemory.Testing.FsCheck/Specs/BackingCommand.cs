using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Testing;

/// <summary>A command to a backing store, or to somebody who uses its pages.</summary>
/// <param name="Call">The call.</param>
/// <param name="Unit">The smallest run the store gives back, from 0; <see cref="Units"/> is beyond the end.</param>
/// <param name="Count">How many of them.</param>
/// <param name="IsLast">The last page of the unit, otherwise the first.</param>
/// <param name="Kinds">Which translations an invalidation means.</param>
/// <param name="Open">Which of the open invalidations, from 0.</param>
internal readonly record struct BackingCommand(BackingCall Call, ulong Unit, ulong Count, bool IsLast, KindFilter Kinds, int Open)
{
    /// <summary>Units of the store.</summary>
    public const ulong Units = 4;

    private static readonly BackingCall[] Calls =
    [
        BackingCall.GetPage, BackingCall.GetPage, BackingCall.GetPage, BackingCall.Begin, BackingCall.Begin, BackingCall.Free, BackingCall.Free, BackingCall.Free,
        BackingCall.End, BackingCall.End, BackingCall.Map, BackingCall.Unmap, BackingCall.Pin, BackingCall.Unpin, BackingCall.Write,
    ];

    /// <summary>The commands.</summary>
    public static Arbitrary<BackingCommand> Any { get; } = Arb.From(
        from call in Gen.Elements(Calls)
        from unit in SpecGens.Number(0, (int)Units - (call == BackingCall.GetPage ? 0 : 1))
        from count in SpecGens.Number(1, (int)Units)
        from isLast in SpecGens.Flag
        from kinds in SpecGens.Kinds
        from open in Gen.Choose(0, 1)
        select new BackingCommand(call, unit, Math.Clamp(count, 1, Math.Max(1, Units - unit)), isLast, kinds, open),
        static command => command.Simpler());

    /// <summary>The command in words.</summary>
    public override string ToString() => Call switch
    {
        BackingCall.Begin => $"Begin units={Unit}+{Count} kinds={Kinds}{(IsLast ? ", half of one where it has parts" : "")}",
        BackingCall.Free or BackingCall.End => $"{Call} invalidation={Open}",
        BackingCall.Unpin => "Unpin",
        _ => $"{Call} unit={Unit} page={(IsLast ? "last" : "first")}",
    };

    private IEnumerable<BackingCommand> Simpler()
    {
        BackingCommand[] simpler =
        [
            this with { Unit = 0 }, this with { Unit = Unit / 2 }, this with { Count = 1 }, this with { IsLast = false }, this with { Open = 0 }, this with { Kinds = KindFilter.Both },
        ];
        var self = this;
        return simpler.Where(command => command != self);
    }
}
