using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Testing;

/// <summary>A command to a secondary MMU, or to those who use it.</summary>
/// <param name="Call">The call.</param>
/// <param name="Gfn">Input frame, from 0; a page of 2M starts at 0 and 512.</param>
/// <param name="Count">How many frames; leaves, when something is mapped.</param>
/// <param name="Frame">Frame behind the first, from 0.</param>
/// <param name="Size">Size of leaves.</param>
/// <param name="Kind">Kind of what is mapped.</param>
/// <param name="Kinds">Kinds of what is unmapped.</param>
internal readonly record struct MmuCommand(MmuCall Call, ulong Gfn, ulong Count, ulong Frame, PageSize Size, PageKind Kind, KindFilter Kinds)
{
    /// <summary>Input frames, and frames, that commands name.</summary>
    public const ulong Frames = 1024;

    private static readonly MmuCall[] Calls =
    [
        MmuCall.Map, MmuCall.Map, MmuCall.Map, MmuCall.Map, MmuCall.MapLate, MmuCall.Unmap, MmuCall.Unmap, MmuCall.Unmap, MmuCall.Flush, MmuCall.Flush, MmuCall.FlushAll,
        MmuCall.Split, MmuCall.Merge, MmuCall.Use, MmuCall.Use, MmuCall.Begin, MmuCall.End, MmuCall.ReadBack,
    ];

    /// <summary>The commands.</summary>
    /// <param name="kinds">Kinds that are mapped.</param>
    /// <param name="largest">Largest leaf that is mapped: 4K or 2M.</param>
    public static Arbitrary<MmuCommand> Any(KindFilter kinds, PageSize largest)
    {
        PageKind[] mapped = kinds switch
        {
            KindFilter.Shared => [PageKind.Shared],
            KindFilter.Private => [PageKind.Private],
            _ => [PageKind.Shared, PageKind.Private],
        };
        ulong[] places = largest == PageSize.Size4K ? [0, 1, 2, 3] : [0, 0, 1, 2, 511, 512, 512, 513];
        ulong[] counts = largest == PageSize.Size4K ? [1, 2] : [1, 2, 512];
        var commands =
            from call in Gen.Elements(Calls)
            from size in Gen.Elements(PageSize.Size4K, largest)
            from gfn in Gen.Elements(places)
            from count in Gen.Elements(counts)
            from frame in Gen.Elements(places)
            from kind in Gen.Elements(mapped)
            from kindsUnmapped in SpecGens.Kinds
            select Fitting(new(call, gfn, count, frame, size, kind, kindsUnmapped));
        return Arb.From(commands, command => command.Simpler(mapped[0]));
    }

    /// <summary>The command in words.</summary>
    public override string ToString() => Call switch
    {
        MmuCall.Map or MmuCall.MapLate => $"{Call} gfn={Gfn} frame={Frame} leaves={Count} size={Size} kind={Kind}",
        MmuCall.Unmap => $"Unmap gfns={Gfn}+{Count} kinds={Kinds}",
        MmuCall.Flush or MmuCall.Begin => $"{Call} gfns={Gfn}+{Count}",
        MmuCall.Split or MmuCall.Use or MmuCall.Merge => $"{Call} gfn={Gfn}",
        _ => Call.ToString(),
    };

    private bool Maps => Call is MmuCall.Map or MmuCall.MapLate;

    // What is mapped is aligned; one large leaf at a time.
    private static MmuCommand Fitting(MmuCommand command)
    {
        if (!command.Maps)
        {
            return command;
        }

        var mask = ~(command.Size.FrameCount() - 1);
        return command with { Gfn = command.Gfn & mask, Frame = command.Frame & mask, Count = command.Size == PageSize.Size4K ? Math.Min(command.Count, 2) : 1 };
    }

    private IEnumerable<MmuCommand> Simpler(PageKind kind)
    {
        MmuCommand[] simpler =
        [
            Fitting(this with { Size = PageSize.Size4K, Count = 1 }), this with { Count = 1 }, Fitting(this with { Gfn = 0 }), Fitting(this with { Gfn = Gfn / 2 }), this with { Frame = 0 },
            Fitting(this with { Frame = Frame / 2 }), this with { Kind = kind }, this with { Kinds = KindFilter.Both },
        ];
        var self = this;
        return simpler.Where(command => command != self);
    }
}
