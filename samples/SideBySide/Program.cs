// One story told on three technologies at once, each behind the same kernel: what differs, and why.
//   dotnet run -c Release --project samples/SideBySide
// Every answer is the model's. Marked are steps whose answers differ; below, the reason, and the rules that decided.

(string What, Func<Side, Answer> Do, string Why)[] steps =
[
    ("VMM launches, a page of 0x600d", s => s.Launch(0x600d), "a software-protected VM has no commands: what its VMM knows gets in through shared memory only"),
    ("guest reads that page", s => s.Read(0), "so its first page is empty; the firmware and the module copied theirs in, and measured it"),
    ("guest accepts another page", s => s.Accept(1), "a page is the guest's by an attribute, by PVALIDATE of the table's entry, by ACCEPT of the tree's, which zeroes it"),
    ("guest writes a secret there", s => s.Write(1, 0x5ec2e7), ""),
    ("guest reads it", s => s.Read(1), ""),
    ("host reads its frame", s => s.HostReads(1), "the kernel's own book refuses; the RMP lets everybody read what is ciphertext; lines a TD wrote read as zeroes to the host"),
    ("host would write there", s => s.HostWouldWrite(1), "the book and the RMP stop the store; with TDX it goes through, and breaks the line for the TD"),
    ("VMM maps the file", s => s.MapFile(), "a guest_memfd without GUEST_MEMFD_FLAG_MMAP has nothing for a process"),
    ("VMM makes it shared and private again", s => s.ThereAndBack(1, punches: false), ""),
    ("guest reads it", s => s.Read(1), "unmapped, the page stays in the file, and valid in the RMP; a TD's page is only unmapped by REMOVE: the next is pending"),
    ("guest accepts it again", s => s.Accept(1), "carry says that nothing changed: the entry was valid all along; the TD's page is another one"),
    ("guest reads it", s => s.Read(1), "ACCEPT zeroes: what was there before the conversion is gone"),
    ("guest writes the secret again", s => s.Write(1, 0x5ec2e7), ""),
    ("the same, the file punched between", s => s.ThereAndBack(1, punches: true), ""),
    ("guest reads it", s => s.Read(1), "a punched page comes back as a fresh one, accepted by nobody"),
    ("guest accepts it again", s => s.Accept(1), "this time the entry was invalid: no carry"),
    ("guest reads it", s => s.Read(1), "the kernel's zeroes are noise through an SNP guest's key; the module zeroes under the TD's"),
    ("guest writes the secret again", s => s.Write(1, 0x5ec2e7), ""),
    ("guest asks the VMM to share another", s => s.Share(2), ""),
    ("guest writes 0x17 there", s => s.Write(2, 0x17, isPrivate: false), ""),
    ("VMM reads it", s => s.VmmReads(2), ""),
    ("kernel moves the secret's frame", s => s.KernelMoves(1), "pages of a guest_memfd stay where they are, whatever the technology"),
    ("technology moves it", s => s.Move(1), "SNP_PAGE_MOVE and TDH.MEM.PAGE.RELOCATE copy under the guest's key; Linux makes neither, a hypothetical host does"),
    ("guest reads it", s => s.Read(1), ""),
    ("kernel swaps it out", s => s.SwapOut(1), "nor are they written out"),
    ("guest reads a page it never accepted", s => s.Read(3), "software has nothing to accept; the others tell the guest (of a TD with SEPT_VE_DISABLE, KVM would make an end)"),
    ("VM is marked dead, guest reads", s => s.Kill(), "nothing is done for a dead guest"),
    ("all closed: frames returned", s => s.Close(), "beside its memory: context, save area and control block; root, control pages and tables"),
];

Side[] sides = [new SoftwareSide(), new SnpSide(), new TdxSide()];
var notes = new List<string>();
Print("", "step", [.. sides.Select(side => side.Name)]);
for (var number = 1; number <= steps.Length; number++)
{
    var (what, run, why) = steps[number - 1];
    var answers = Array.ConvertAll(sides, side => run(side));
    var differs = answers.Select(answer => answer.Text).Distinct().Count() > 1;
    Print($"{number,2}{(differs ? "*" : "")}", what, [.. answers.Select(answer => answer.Text)]);
    if (differs || answers.Any(answer => answer.DecidedBy is not null))
    {
        notes.Add($"{number,2} {why}{Answer.Rules(answers)}");
    }
}

Console.WriteLine();
notes.ForEach(Console.WriteLine);

static void Print(string mark, string what, string[] texts) => Console.WriteLine($"{mark,-4}{what,-38} {texts[0],-24} {texts[1],-30} {texts[2]}");
