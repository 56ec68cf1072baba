using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Testing;

/// <summary>A command to an ownership table.</summary>
/// <param name="Call">The call.</param>
/// <param name="Frame">First frame, from 0.</param>
/// <param name="Count">How many frames.</param>
/// <param name="Guest">The guest, from 1; for an access 0 is the host.</param>
/// <param name="Gfn">Guest frame, from 0.</param>
/// <param name="Kind">As what frames are made ready.</param>
/// <param name="Access">What an access does.</param>
internal readonly record struct OwnershipCommand(OwnershipCall Call, ulong Frame, ulong Count, int Guest, ulong Gfn, PageKind Kind, AccessKind Access)
{
    /// <summary>Frames that commands name.</summary>
    public const ulong Frames = 8;

    /// <summary>Guests that commands name.</summary>
    public const int Guests = 2;

    private static readonly OwnershipCall[] Calls =
    [
        OwnershipCall.Prepare, OwnershipCall.Prepare, OwnershipCall.Prepare, OwnershipCall.Reclaim, OwnershipCall.Check, OwnershipCall.Check,
        OwnershipCall.Split, OwnershipCall.Merge, OwnershipCall.ReadBack,
    ];

    /// <summary>The commands.</summary>
    public static Arbitrary<OwnershipCommand> Any { get; } = Arb.From(
        from call in Gen.Elements(Calls)
        from frame in SpecGens.Number(0, (int)Frames - 1)
        from count in SpecGens.Number(1, 4)
        from guest in Gen.Choose(call == OwnershipCall.Check ? 0 : 1, Guests)
        from gfn in SpecGens.Number(0, 15)
        from kind in SpecGens.Kind
        from access in Gen.Elements(AccessKind.Read, AccessKind.Write, AccessKind.Execute)
        select new OwnershipCommand(call, frame, Math.Min(count, Frames - frame), guest, gfn, kind, access),
        static command => command.Simpler());

    /// <summary>The command in words.</summary>
    public override string ToString() => Call switch
    {
        OwnershipCall.Prepare => $"Prepare frames={Frame}+{Count} guest={Guest} gfn={Gfn} kind={Kind}",
        OwnershipCall.Reclaim => $"Reclaim frames={Frame}+{Count}",
        OwnershipCall.Check => $"Check frame={Frame} accessor={(Guest == 0 ? "host" : $"guest {Guest}")} access={Access}",
        OwnershipCall.Split => $"Split frame={Frame}",
        OwnershipCall.Merge => "Merge",
        _ => "ReadBack",
    };

    private IEnumerable<OwnershipCommand> Simpler()
    {
        OwnershipCommand[] simpler =
        [
            this with { Frame = 0 }, this with { Frame = Frame / 2 }, this with { Count = 1 }, this with { Count = (Count + 1) / 2 }, this with { Guest = Math.Min(Guest, 1) }, this with { Gfn = 0 },
            this with { Kind = PageKind.Shared }, this with { Access = AccessKind.Read },
        ];
        var self = this;
        return simpler.Where(command => command != self);
    }
}
