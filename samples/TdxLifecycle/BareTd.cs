using GuestMemory;
using GuestMemory.Tdx;

/// <summary>A module with one TD and one vCPU, and shorthand: every step is made and told in a line.</summary>
internal sealed class BareTd
{
    public const ulong Tdr = 0x4000_0000, Tdvpr = Tdr + 0x7000, HostPage = 0x10_0000;
    private const ulong Page = 0x1000;
    private readonly TdxModule _module = new(new(new Tdmr(new(Tdr), 1UL << 30))) { CachesTranslations = true };

    public static Hkid Hkid { get; } = new(33);

    private static Pfn Root { get; } = new Spa(Tdr).Frame;

    private static Pfn Vcpu { get; } = new Spa(Tdvpr).Frame;

    /// <summary>Calls about the TD, its vCPU or its caches, each told with the TD as it is then.</summary>
    public void Call(params ReadOnlySpan<TdxFunction> functions)
    {
        foreach (var function in functions)
        {
            var operand = function switch
            {
                TdxFunction.VpInit or TdxFunction.VpEnter or TdxFunction.VpFlush => Tdvpr,
                TdxFunction.PhymemCacheWb => 0UL,
                _ => Tdr,
            };
            Say($"{function}", _module.Seamcall(function, new(operand)), Now());
        }
    }

    /// <summary>MNG.INIT, with parameters the host wrote to its own memory.</summary>
    public void Init(TdParameters parameters)
    {
        parameters.WriteTo(_module.Memory.Contents, new(HostPage));
        Say($"{TdxFunction.MngInit}", _module.Seamcall(TdxFunction.MngInit, new(Tdr, HostPage)), Now());
    }

    /// <summary>RANGE.BLOCK and TRACK: from the next entry on no vCPU has a translation of it.</summary>
    public void Block(ulong gpa, SeptLevel level)
    {
        Memory(TdxFunction.MemRangeBlock, gpa, level);
        Call(TdxFunction.MemTrack);
    }

    /// <summary>VP.ENTER, and what the guest does then.</summary>
    public void Inside(params ReadOnlySpan<Action> steps)
    {
        Call(TdxFunction.VpEnter);
        foreach (var step in steps)
        {
            step();
        }
    }

    /// <summary>A call with one page after the other in RCX, told with the last of them.</summary>
    public void Pages(TdxFunction function, IEnumerable<ulong> pages, ulong rdx = 0, bool keyed = false)
    {
        var key = keyed ? (ulong)Hkid.Value << _module.Platform.HkidShift : 0;
        var (count, last, result) = (0, 0UL, default(TdxResult));
        foreach (var page in pages)
        {
            (count, last, result) = (count + 1, page, _module.Seamcall(function, new(page | key, rdx)));
            if (!result.IsSuccess)
            {
                break;
            }
        }

        Say(count == 1 ? $"{function} {Frame(last)}" : $"{function} {Frame(last)}, {count} pages", result, Metadata(last));
    }

    /// <summary>The same with consecutive pages.</summary>
    public void Pages(TdxFunction function, ulong first, ulong rdx = 0, int count = 1) =>
        Pages(function, Enumerable.Range(0, count).Select(page => first + ((ulong)page * Page)), rdx);

    /// <summary>A call about a guest address, told with the pages and the entry as they are then.</summary>
    public void Memory(TdxFunction function, ulong gpa, SeptLevel level, ulong page = 0, ulong source = 0)
    {
        var before = FrameOf(gpa, level);
        var result = _module.Seamcall(function, new(gpa | (ulong)level, Tdr, page, source));
        var pages = new[] { before, FrameOf(gpa, level), page }.Where(at => at != 0).Distinct().Select(Metadata);
        Say($"{function} 0x{gpa:x} {level}", result, $"{string.Join(", ", pages)}; {EntryAt(gpa, level).State}");
    }

    /// <summary>MR.EXTEND of a whole page, 256 bytes at a time.</summary>
    public void Measure(ulong gpa)
    {
        var results = Enumerable.Range(0, 16).Select(piece => _module.Seamcall(TdxFunction.MrExtend, new(gpa + ((ulong)piece * 256), Tdr))).ToList();
        Say($"{TdxFunction.MrExtend} 0x{gpa:x}, {results.Count} pieces", results.Find(result => !result.IsSuccess), $"measured 0x{_module.FindTd(Root)!.Measurement:x16}");
    }

    public void Leave()
    {
        _module.Exit(Vcpu);
        Say("  the vCPU leaves", "", Now(), null);
    }

    public void Read(ulong gpa) => Guest($"reads 0x{gpa:x}", gpa, _module.GuestRead(Vcpu, new(gpa), 8));

    public void Write(ulong gpa, ulong value) => Guest($"writes 0x{value:x} to 0x{gpa:x}", gpa, _module.GuestWrite(Vcpu, new(gpa), 8, value));

    public void Accept(ulong gpa, SeptLevel level) =>
        Guest($"accepts 0x{gpa:x} {level}", gpa, _module.Tdcall(TdxFunction.GuestPageAccept, Vcpu, new(gpa | (ulong)level)));

    public void HostWrites(ulong page, ulong value) => Host($"writes 0x{value:x} to {Frame(page)}", page, _module.HostWrite(new(page), 8, value));

    public void HostReads(ulong page) => Host($"reads {Frame(page)}", page, _module.HostRead(new(page), 8));

    /// <summary>What a host does with a page before it is another's: lines under the TD's key out of the caches, the page rewritten.</summary>
    public void WriteBackAndRewrite(ulong page)
    {
        Pages(TdxFunction.PhymemPageWbinvd, [page], keyed: true);
        Host($"rewrites {Frame(page)}", page, _module.HostClear(new Spa(page).Frame));
    }

    /// <summary>Page after page, by type, the root last; and what is left then.</summary>
    public void ReclaimEverything()
    {
        var owned = _module.Pamt.Runs().Where(run => run.Entry.IsUsed && run.Entry.Owner == Root).ToLookup(run => run.Entry.Type, run => run.Frame.Address.Value);
        foreach (var pages in owned)
        {
            Pages(TdxFunction.PhymemPageReclaim, pages);
        }

        Pages(TdxFunction.PhymemPageReclaim, Tdr);
        Console.WriteLine($"left: {_module.Tds.Count} TDs, {_module.Pamt.Runs().Count(run => run.Entry.IsUsed)} pages in use, {Hkid} {_module.Keys[Hkid]}");
    }

    private void Guest(string what, ulong gpa, GuestResult result)
    {
        var answer = result.Event switch
        {
            GuestEvent.Status => Status(result.Status),
            GuestEvent.Ok => $"{result.Event} 0x{result.Value:x}",
            _ => $"{result.Event} type {result.ExtendedExitQualification & 0xf}",
        };
        var place = _module.FindTd(Root)!.Sept!.Walk(new Gpa(gpa).Frame, SeptLevel.Pt);
        Say($"  guest {what}", answer, $"{place.Level} {place.Entry.State}", result.DecidedBy);
        if (result.Event == GuestEvent.TdExit)
        {
            _module.Exit(Vcpu);
        }
    }

    private void Host(string what, ulong page, HostAccessResult result) => Say($"  host {what}", $"{result.Event} 0x{result.Value:x}", Metadata(page), null);

    private static void Say(string what, TdxResult result, string now) => Say(what, Status(result.Status), now, result.DecidedBy);

    private static void Say(string what, string status, string now, Rule? rule) =>
        Console.WriteLine($"{what,-36} {status,-42} {now}{(rule is null ? "" : $" [{rule.Id}]")}".TrimEnd());

    private static string Status(TdxStatus status) => $"{status.Code} 0x{status.Value:x16}";

    private static string Frame(ulong page) => $"0x{page >> 12:x}";

    private SeptEntry EntryAt(ulong gpa, SeptLevel level) => _module.FindTd(Root)!.Sept!.Walk(new Gpa(gpa).Frame, level).Entry;

    // The page or the table an entry leads to; 0 for none.
    private ulong FrameOf(ulong gpa, SeptLevel level) => EntryAt(gpa, level) switch
    {
        { State: SeptEntryState.Free } => 0,
        { IsLeaf: true } leaf => leaf.Page(level).Address.Value,
        var table => table.Table.Address.Value,
    };

    private string Metadata(ulong page)
    {
        var entry = _module.Pamt.LookUp(new Spa(page).Frame, out var size);
        return $"{Frame(page)} {entry.Type}{(size == PageSize.Size4K ? "" : $" {size}")}";
    }

    private string Now() => _module.FindTd(Root) is { } td
        ? $"{td.Lifecycle}, {td.OpState}, epoch {td.Epoch}, {td.EvenReferences + td.OddReferences} inside, {td.ChildCount} pages"
        : "no TD";
}
