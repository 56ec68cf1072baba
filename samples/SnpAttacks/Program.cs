// What a malicious host can do to a guest's memory, and what stops it: each attack once on SEV, on SEV-ES, and on SEV-SNP
// against a guest that accepts whatever faults and one that remembers what it accepted.
//   dotnet run --project samples/SnpAttacks

using GuestMemory;
using GuestMemory.Rmp;
using static Victim;

(string Name, Func<Victim, string> Run)[] attacks =
[
    ("read: the host looks at the page", v => v.Ciphertext()[0] == 7 ? "the host sees 7" : "the host sees ciphertext"),
    ("corrupt: the host writes over it", v => v.Write(Page, 1) ?? v.Read(At, 7)),
    ("replay: old ciphertext is written back", v => Replay(v, isTaken: false)),
    ("replay by taking the page and giving it back", v => Replay(v, isTaken: true)),
    ("remap: a fresh page behind the address", v => { v.Give(Other, At); return v.Read(At, 7); }),
    ("swap: the guest's own other page behind the address", v => { v.WriteElsewhere(); v.Map(At, Other); return v.Read(At, 7); }),
    ("double validate: two pages at one address", DoubleValidate),
    ("alias: one page at two addresses", v => { v.Map(Elsewhere, Page); return v.Guest.Write(Elsewhere, 9) is { IsDone: false } no ? Victim.Describe(no, 7) : v.Read(At, 7); }),
    ("size confusion: a 4K page behind a 2M leaf", v => { v.Map(At, Page, PageSize.Size2M); return v.Read(At, 7); }),
    ("cross-guest read: another guest is led to the page", v => Victim.Describe(v.Neighbour().Read(At), 7)),
    ("cross-guest write: the same", v => v.Neighbour().Write(At, 1) is { IsDone: false } no ? Victim.Describe(no, 7) : v.Read(At, 7)),
    ("registers: the host reads and sets RIP", Registers),
];

foreach (var (name, run) in attacks)
{
    Console.WriteLine(name);
    Console.WriteLine($"  SEV                     {run(new(SevProfile.Sev, tracks: false))}");
    Console.WriteLine($"  SEV-ES                  {run(new(SevProfile.SevEs, tracks: false))}");
    Console.WriteLine($"  SEV-SNP, naive guest    {run(new(SevProfile.SevSnp, tracks: false))}");
    Console.WriteLine($"  SEV-SNP, tracking guest {run(new(SevProfile.SevSnp, tracks: true))}");
}

string Replay(Victim v, bool isTaken)
{
    var old = v.Ciphertext();
    v.Guest.Write(At, 8);
    if (isTaken) { v.Take(Page); }
    var refused = v.Write(Page, old);
    if (isTaken) { v.Give(Page, At); }
    return refused ?? v.Read(At, 8);
}

string DoubleValidate(Victim v)
{
    v.Give(Other, At);
    var write = v.Guest.Write(At, 8);
    v.Map(At, Page);
    return write.IsDone ? v.Read(At, 8) : Victim.Describe(write, 8);
}

string Registers(Victim v)
{
    var area = v.Stop();
    var seen = v.Platform.Contents.Read(Save.Address + SaveArea.RipOffset, 8) == 0x1000 ? "RIP" : "ciphertext";
    var write = v.Platform.Write(RmpAccess.Host(AccessKind.Write, Save), SaveArea.RipOffset, 8, 0x6666);
    return $"the host sees {seen}, {(area.Load().Rip == 0x6666 ? "and sets it" : write.IsAllowed ? "its write loads as noise" : $"its write: host #PF, {write.DecidedBy}")}";
}
