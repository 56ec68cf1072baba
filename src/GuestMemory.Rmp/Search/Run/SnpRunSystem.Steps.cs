using System.Globalization;

namespace GuestMemory.Rmp;

/// <content>Which steps there are, and how they read.</content>
internal sealed partial class SnpRunSystem
{
    public void FindSteps(List<uint> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        for (var frame = 0; frame < _pages; frame++)
        {
            FindHostSteps(steps, frame);
        }

        for (var vcpu = 0; vcpu < _tlbs.Length; vcpu++)
        {
            var guest = _guests[GuestOf(vcpu)];
            for (var address = 0; address < _pages && !guest.IsStopped; address++)
            {
                FindGuestSteps(steps, guest, vcpu, address);
            }
        }
    }

    public string Describe(uint step)
    {
        var made = RunStep.Of(step);
        return made.Kind switch
        {
            RunStepKind.Assign => Say($"RMPUPDATE page={FrameOf(made.First).Value} assigned=1 asid={AsidOf(made.Second).Value} gpa=0x{AddressOf(made.Third).Value:x}"),
            RunStepKind.Share => Say($"RMPUPDATE page={FrameOf(made.First).Value} assigned=0"),
            RunStepKind.HostWrite => Say($"host-write page={FrameOf(made.First).Value} value={HostToken}"),
            RunStepKind.HostRead => Say($"host-read page={FrameOf(made.First).Value}"),
            RunStepKind.Map => Say($"nested-map asid={AsidOf(made.Second).Value} gpa=0x{AddressOf(made.Third).Value:x} page={FrameOf(made.First).Value}"),
            RunStepKind.Unmap => Say($"nested-unmap asid={AsidOf(made.First).Value} gpa=0x{AddressOf(made.Second).Value:x}"),
            RunStepKind.Accept => Say($"PVALIDATE vcpu={made.First} gpa=0x{AddressOf(made.Second).Value:x} validate=1"),
            RunStepKind.Release => Say($"PVALIDATE vcpu={made.First} gpa=0x{AddressOf(made.Second).Value:x} validate=0"),
            _ => Say($"{NameOf(made)} vcpu={made.First} gpa=0x{AddressOf(made.Second).Value:x} cached={(made.Kind is RunStepKind.PrivateCached or RunStepKind.SharedCached ? 1 : 0)}"),
        };
    }

    public int ActorOf(uint step)
    {
        var made = RunStep.Of(step);
        return made.Kind >= RunStepKind.Accept ? 1 + made.First : 0;
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string NameOf(RunStep step) =>
        (step.Kind is RunStepKind.Private or RunStepKind.PrivateCached ? "private-" : "shared-") + (step.Third != 0 ? "write" : "read");

    private void FindHostSteps(List<uint> steps, int frame)
    {
        steps.Add(new RunStep(RunStepKind.Share, frame).Number);
        steps.Add(new RunStep(RunStepKind.HostWrite, frame).Number);
        steps.Add(new RunStep(RunStepKind.HostRead, frame).Number);
        for (var guest = 0; guest < _guests.Length; guest++)
        {
            for (var address = 0; address < _pages; address++)
            {
                steps.Add(new RunStep(RunStepKind.Assign, frame, guest, address).Number);
                if (_guests[guest].FrameAt(address) != frame)
                {
                    steps.Add(new RunStep(RunStepKind.Map, frame, guest, address).Number);
                }
                else
                {
                    steps.Add(new RunStep(RunStepKind.Unmap, guest, address).Number);
                }
            }
        }
    }

    private void FindGuestSteps(List<uint> steps, RunGuest guest, int vcpu, int address)
    {
        if (guest.FrameAt(address) >= 0)
        {
            steps.Add(new RunStep(guest.Holds(address) ? RunStepKind.Release : RunStepKind.Accept, vcpu, address).Number);
            AddTwo(steps, RunStepKind.Private, vcpu, address);
            AddTwo(steps, RunStepKind.Shared, vcpu, address);
        }

        // A careful guest touches no page through an old translation that it gave up.
        AddCached(steps, guest.Holds(address), RunStepKind.PrivateCached, vcpu, address);
        AddCached(steps, !guest.Holds(address), RunStepKind.SharedCached, vcpu, address);
    }

    private static void AddTwo(List<uint> steps, RunStepKind kind, int vcpu, int address)
    {
        steps.Add(new RunStep(kind, vcpu, address, 0).Number);
        steps.Add(new RunStep(kind, vcpu, address, 1).Number);
    }

    private void AddCached(List<uint> steps, bool isMade, RunStepKind kind, int vcpu, int address)
    {
        for (var write = 0; write < 2 && isMade; write++)
        {
            if (_tlbs[vcpu].Allows(address, kind == RunStepKind.PrivateCached, write != 0))
            {
                steps.Add(new RunStep(kind, vcpu, address, write).Number);
            }
        }
    }
}
