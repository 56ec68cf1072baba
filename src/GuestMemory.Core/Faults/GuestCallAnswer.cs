namespace GuestMemory;

/// <summary>A technology's answer to a guest's call. The default is done.</summary>
/// <remarks>A value.</remarks>
public readonly struct GuestCallAnswer
{
    private GuestCallAnswer(GuestCallVerdict verdict, Gfn gfn, PageKind kind, Outcome fault, VcpuExit exit)
    {
        Verdict = verdict;
        Gfn = gfn;
        Kind = kind;
        Fault = fault;
        Exit = exit;
    }

    /// <summary>How the call stands.</summary>
    public GuestCallVerdict Verdict { get; }

    /// <summary>The page needed, or faulted at.</summary>
    public Gfn Gfn { get; }

    /// <summary>The kind the call wants of that page.</summary>
    public PageKind Kind { get; }

    /// <summary>The fault.</summary>
    public Outcome Fault { get; }

    /// <summary>The exit; for a call that is done, the halt with what the guest reads.</summary>
    public VcpuExit Exit { get; }

    /// <summary>Done.</summary>
    /// <param name="value">What the guest reads.</param>
    public static GuestCallAnswer Done(ulong value = 0) => new(GuestCallVerdict.Done, default, default, default, VcpuExit.Halted(value));

    /// <summary>The call ended before all of it was done.</summary>
    /// <param name="value">What the guest reads.</param>
    /// <param name="at">Where it stopped; the exit's address.</param>
    public static GuestCallAnswer Stopped(ulong value, Gpa at) => new(GuestCallVerdict.Done, default, default, default, VcpuExit.Halted(value, at));

    /// <summary>A page is not mapped.</summary>
    /// <param name="gfn">The page.</param>
    /// <param name="kind">The kind wanted.</param>
    public static GuestCallAnswer NeedsPage(Gfn gfn, PageKind kind) => new(GuestCallVerdict.NeedsPage, gfn, kind, default, default);

    /// <summary>It faulted.</summary>
    /// <param name="gfn">At which page.</param>
    /// <param name="kind">The kind wanted.</param>
    /// <param name="fault">The fault.</param>
    public static GuestCallAnswer Faulted(Gfn gfn, PageKind kind, Outcome fault) => new(GuestCallVerdict.Faulted, gfn, kind, fault, default);

    /// <summary>It leaves to the VMM, which answers.</summary>
    /// <param name="exit">The exit.</param>
    public static GuestCallAnswer Exits(in VcpuExit exit) => new(GuestCallVerdict.Exits, default, default, default, exit);

    /// <summary>The verdict, and what belongs to it.</summary>
    public override string ToString() => Verdict switch
    {
        GuestCallVerdict.NeedsPage => $"{Verdict}: {Kind} {Gfn}",
        GuestCallVerdict.Faulted => $"{Verdict}: {Fault}",
        _ => $"{Verdict}: {Exit}",
    };
}
