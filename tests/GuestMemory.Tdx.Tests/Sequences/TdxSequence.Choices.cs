namespace GuestMemory.Tdx.Tests.Sequences;

/// <content>What the operands are chosen from: few pages and addresses, so that they meet.</content>
internal sealed partial class TdxSequence
{
    private const ulong Block = 2UL << 20;
    private const ulong Parameters = 0x10_0000;
    private const ulong List = 0x20_0000;
    private static readonly ulong[] s_odd =
        [0, 1, 0x1000, 0x800, ulong.MaxValue, 1UL << 63, 0x5000_0000, 0x8000_0000, 0x3_0000_0000, 0x4000_0800, 0x4000_0000 | (40UL << 46), 0x4000_0000 | (3UL << 46), 1UL << 52];
    private static readonly ulong[] s_tdrs = [0x4000_0000, 0x4000_8000, TdxWorld.SecondTdmr];
    private static readonly ulong[] s_gpas =
        [0, 0x1000, 0x2000, 0x3000, 0x4000, 0x5000, 0x1f_f000, 0x20_0000, 0x20_1000, 0x3f_f000, 0x40_0000, 0x40_5000, 0x4000_0000, 0x4020_0000, 0x4020_3000, 0x80_0000_0000];

    private bool _isCalm;
    private Pfn? _wanted;

    private IEnumerable<TdVcpu> Vcpus => Module.Tds.SelectMany(td => td.Vcpus);

    private Td? AnyTd() => _wanted is { } wanted && Module.FindTd(wanted) is { } td ? td : Module.Tds.Count == 0 ? null : Module.Tds[_choices.Below(Module.Tds.Count)];

    private Td? AnyLiveTd() => Module.Tds.Where(td => td is { Lifecycle: TdLifecycle.KeysConfigured, Sept: not null }).ToArray() is { Length: > 0 } live
        ? live[_choices.Below(live.Length)]
        : null;

    private TdVcpu? AnyVcpu(bool? isInside = null)
    {
        var vcpus = Vcpus.Where(vcpu => isInside is null || vcpu.IsInside == isInside).ToArray();
        return vcpus.Length == 0 ? null : vcpus[_choices.Below(vcpus.Length)];
    }

    // Mostly a TD's root page.
    private ulong TdOperand() => Noise(12) || AnyTd() is not { } td ? Odd() : td.Tdr.Address.Value;

    private ulong VcpuOperand() => Noise(12) || AnyVcpu() is not { } vcpu ? Odd() : vcpu.Tdvpr.Address.Value;

    private ulong Odd() => _choices.Below(4) switch
    {
        0 => s_odd[_choices.Below(s_odd.Length)],
        1 => s_tdrs[_choices.Below(s_tdrs.Length)],
        2 => AnyPage(),
        _ => TdxWorld.FirstTdmr + ((ulong)_choices.Below(64) * 0x1000),
    };

    private ulong AnyPage() => TdxWorld.FirstTdmr + ((ulong)_choices.Below(3) * Block) + ((ulong)_choices.Below(96) * 0x1000);

    /// <summary>A free page of the first block or two, found from anywhere on.</summary>
    private ulong FreePage()
    {
        var start = _choices.Below(160);
        for (var step = 0; step < 480; step++)
        {
            var frame = new Pfn(0x40010 + (ulong)((start + step) % 480));
            if (Module.Pamt.LookUp(frame, out _).Type == PageType.Nda)
            {
                return frame.Address.Value;
            }
        }

        return AnyPage();
    }

    private ulong FreeLarge() => TdxWorld.FirstTdmr + ((ulong)(1 + _choices.Below(6)) * Block);

    private ulong PageFor(SeptLevel level) => (_isCalm ? 2 : _choices.Below(9)) switch
    {
        0 => Odd(),
        1 => AnyPage(),
        _ => level == SeptLevel.Pt ? FreePage() : FreeLarge(),
    };

    private PageInfo Place(Td? td) => (_isCalm ? 5 : _choices.Below(16), td?.Sept) switch
    {
        (0, _) => new(_choices.Next()),
        (1, _) => new(new Gpa(s_gpas[_choices.Below(s_gpas.Length)] | (1UL << _choices.Of(47, 51, 12, 5))), (SeptLevel)(byte)_choices.Below(6)),
        (4, { }) when Row(td!) is { } row => new(new Gpa(row.Gfn.Address.Value | (1UL << (td!.IsWide ? 51 : 47))), row.Level),
        (2 or 3, _) or (_, null) => Fresh((SeptLevel)(byte)_choices.Below(5)),
        _ => Row(td!) is { } row ? new(row.Gfn.Address, row.Level) : Fresh((SeptLevel)(byte)_choices.Below(4)),
    };

    private PageInfo Fresh(SeptLevel level)
    {
        var gpa = s_gpas[_choices.Below(s_gpas.Length)];
        return new(new Gpa(gpa & ~((level.FrameCount() << 12) - 1)), level);
    }

    /// <summary>An entry of the TD's that is not free, of few among those of a full table.</summary>
    private SeptRow? Row(Td td, Func<SeptRow, bool>? isWanted = null)
    {
        var rows = td.Sept!.Rows().Where(row => (isWanted is null || isWanted(row)) && (row.Gfn.Value & 0x1ff) is < 8 or > 510).ToArray();
        return rows.Length == 0 ? null : rows[_choices.Below(rows.Length)];
    }

    // Where the lowest table is missing, or a free entry of one.
    private PageInfo Hole(Td td, SeptLevel level)
    {
        var wanted = Fresh(level);
        var place = td.Sept!.Walk(wanted.Gpa.Frame, level);
        return place.Level == level ? wanted : new(new Gpa(wanted.Gpa.Value & ~((place.Level.FrameCount() << 12) - 1)), place.Level);
    }

    private int Processor(TdVcpu? vcpu = null) => _choices.OnceIn(5) ? _choices.Below(3) : vcpu?.Processor ?? _choices.Below(3);

    // Something wrong once in so many times; in a calm hour never.
    private bool Noise(int times) => !_isCalm && _choices.OnceIn(times);

    private int Version() => Noise(12) ? _choices.Of(1, 1, 1, 2) : 0;
}
