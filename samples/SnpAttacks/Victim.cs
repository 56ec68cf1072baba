using GuestMemory;
using GuestMemory.Rmp;

/// <summary>A guest with one page, holding 7, and a host with every tool that the technology leaves it.</summary>
internal sealed class Victim
{
    public static readonly Pfn Page = new(0x4_0005), Other = new(0x5_0005), Save = new(0x6_0005);
    public static readonly Gpa At = new(0x8000_5000), Elsewhere = new(0x8000_6000);
    private static readonly Asid s_asid = new(5);

    public Victim(SevProfile profile, bool tracks)
    {
        Profile = profile;
        Platform = profile.CreatePlatform(RmpCoverage.AtEndOf(new(default, 1 << 20)));
        var options = new GuestOptions { Profile = profile };
        Guest = tracks ? new TrackingGuest(Platform, s_asid, Nested, options) : new NaiveGuest(Platform, s_asid, Nested, options);
        Give(Page, At);
        Guest.Accept(At);
        Guest.Write(At, 7);
    }

    public SevProfile Profile { get; }

    public SnpPlatform Platform { get; }

    public NestedMap Nested { get; } = new();

    public SnpGuest Guest { get; }

    /// <summary>The host gives the guest a page: an RMP entry where there is an RMP, and a leaf of the nested table.</summary>
    public void Give(Pfn frame, Gpa gpa)
    {
        Platform.RmpUpdate(RmpUpdateOperands.Assign(new(frame, PageSize.Size4K), s_asid, gpa));
        Nested.Map(gpa.Frame, new(frame, PageSize.Size4K));
    }

    public void Take(Pfn frame) => Platform.RmpUpdate(RmpUpdateOperands.Share(new(frame, PageSize.Size4K)));

    public void Map(Gpa gpa, Pfn frame, PageSize size = PageSize.Size4K) => Nested.Map(gpa.Frame.AlignDown(size), new(frame.AlignDown(size), size));

    /// <summary>A second page of the guest's, holding 9.</summary>
    public void WriteElsewhere()
    {
        Give(Other, Elsewhere);
        Guest.Accept(Elsewhere);
        Guest.Write(Elsewhere, 9);
    }

    /// <summary>What lies in memory at the page: ciphertext.</summary>
    public ulong[] Ciphertext() => [Platform.Contents.Read(Page.Address, 8), Platform.Contents.Read(Page.Address + 8, 8)];

    /// <summary>Host writes; the answer of the first that is refused, or null.</summary>
    public string? Write(Pfn frame, params ulong[] words)
    {
        for (var word = 0; word < words.Length; word++)
        {
            var verdict = Platform.Write(RmpAccess.Host(AccessKind.Write, frame), word * 8, 8, words[word]);
            if (!verdict.IsAllowed)
            {
                return $"host #PF, {verdict.DecidedBy}";
            }
        }

        return null;
    }

    /// <summary>What the guest reads, against what it wrote last there.</summary>
    public string Read(Gpa gpa, ulong wrote) => Describe(Guest.Read(gpa), wrote);

    public static string Describe(GuestAnswer answer, ulong wrote) => answer.Kind switch
    {
        GuestAnswerKind.Done when answer.Value == wrote => "reads its own data",
        GuestAnswerKind.Done when answer.Value == 7 => "reads old data",
        GuestAnswerKind.Done when answer.Value == 9 => "reads another address's data",
        GuestAnswerKind.Done => "reads noise",
        GuestAnswerKind.HostFault => $"#NPF, {answer.DecidedBy}",
        GuestAnswerKind.Stopped => $"stops: {answer.Reason}, {answer.DecidedBy}",
        _ => answer.ToString(),
    };

    /// <summary>A stopped vCPU's registers, RIP 0x1000; under SNP in a page that is the guest's.</summary>
    public SaveArea Stop()
    {
        var area = new SaveArea(Platform, Profile, s_asid, Save);
        Platform.RmpUpdate(RmpUpdateOperands.Assign(new(Save, PageSize.Size4K), s_asid, new(0xffff_ffff_f000)));
        area.Save(0x1000, 1);
        return area;
    }

    /// <summary>Another guest, whose nested table leads where the victim's does.</summary>
    public NaiveGuest Neighbour() => new(Platform, new(6), Nested, new() { Profile = Profile });
}
