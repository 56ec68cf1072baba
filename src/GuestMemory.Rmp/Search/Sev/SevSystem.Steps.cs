namespace GuestMemory.Rmp;

/// <content>The steps.</content>
internal sealed partial class SevSystem
{
    // Tokens of an address differ from those of every other, and from the host's.
    private const ulong HostToken = 1;

    public void FindSteps(List<uint> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        for (var frame = 0; frame < _pages; frame++)
        {
            Add(steps, SevStepKind.HostRead, frame);
            Add(steps, SevStepKind.HostWrite, frame);
            Add(steps, SevStepKind.Keep, frame);
            FindMaps(steps, frame);
        }

        if (_kept.Frame != 0)
        {
            Add(steps, SevStepKind.PutBack, _kept.Frame - 1);
        }

        for (var guest = 0; guest < Guests; guest++)
        {
            Add(steps, SevStepKind.ReadRegisters, guest);
            Add(steps, SevStepKind.SetRegisters, guest);
        }

        FindAccesses(steps);
    }

    public StepAnswer Apply(uint step)
    {
        var (kind, first, second, third) = Parse(step);
        switch (kind)
        {
            case SevStepKind.Map:
                _nested[second, third] = (byte)(first + 1);
                return StepAnswer.Done(GuestPart(second));
            case SevStepKind.HostRead:
                return ReadByHost(first);
            case SevStepKind.HostWrite:
                return WriteByHost(FrameOf(first), HostToken, 0, 1UL << first);
            case SevStepKind.Keep:
                _kept = ((byte)(first + 1), Raw(FrameOf(first), 0), Raw(FrameOf(first), 8));
                return StepAnswer.Done(SystemPart);
            case SevStepKind.PutBack:
                return WriteByHost(FrameOf(first), _kept.Low, _kept.High, 1UL << first);
            case SevStepKind.ReadRegisters:
            case SevStepKind.SetRegisters:
                return Registers(first, kind == SevStepKind.SetRegisters);
            default:
                return Touch(first, second, kind == SevStepKind.GuestWrite);
        }
    }

    public string Describe(uint step)
    {
        var (kind, first, second, third) = Parse(step);
        return kind switch
        {
            SevStepKind.Map => Say($"nested-map asid={AsidOf(second).Value} address={third} page={FrameOf(first).Value}"),
            SevStepKind.ReadRegisters => Say($"read-registers asid={AsidOf(first).Value}"),
            SevStepKind.SetRegisters => Say($"set-registers asid={AsidOf(first).Value} rip=0x{ForgedRip:x}"),
            SevStepKind.GuestRead => Say($"guest-read vcpu={first} address={second}"),
            SevStepKind.GuestWrite => Say($"guest-write vcpu={first} address={second}"),
            SevStepKind.HostRead => Say($"host-read page={FrameOf(first).Value}"),
            SevStepKind.HostWrite => Say($"host-write page={FrameOf(first).Value} value={HostToken}"),
            SevStepKind.Keep => Say($"keep-bytes page={FrameOf(first).Value}"),
            _ => Say($"put-bytes-back page={FrameOf(first).Value}"),
        };
    }

    private static (SevStepKind Kind, int First, int Second, int Third) Parse(uint step) =>
        ((SevStepKind)(step >> 12), (int)(step >> 8) & 15, (int)(step >> 4) & 15, (int)step & 15);

    private static void Add(List<uint> steps, SevStepKind kind, int first, int second = 0, int third = 0) =>
        steps.Add(((uint)kind << 12) | ((uint)first << 8) | ((uint)second << 4) | (uint)third);

    private static ulong TokenOf(int address, int which) => (((ulong)address + 1) << 8) | (uint)which;

    private void FindMaps(List<uint> steps, int frame)
    {
        for (var guest = 0; guest < Guests; guest++)
        {
            for (var address = 0; address < _pages; address++)
            {
                if (_nested[guest, address] != frame + 1)
                {
                    Add(steps, SevStepKind.Map, frame, guest, address);
                }
            }
        }
    }

    private void FindAccesses(List<uint> steps)
    {
        for (var vcpu = 0; vcpu < Vcpus; vcpu++)
        {
            for (var address = 0; address < _pages; address++)
            {
                if (_nested[vcpu % Guests, address] != 0)
                {
                    Add(steps, SevStepKind.GuestRead, vcpu, address);
                    Add(steps, SevStepKind.GuestWrite, vcpu, address);
                }
            }
        }
    }

    private StepAnswer ReadByHost(int frame)
    {
        _platform.Read(RmpAccess.Host(AccessKind.Read, FrameOf(frame)), 0, 8, out var value);
        return Seen(IsToken(value) ? SevSight.PlainBytes : SevSight.None);
    }

    private StepAnswer WriteByHost(Pfn frame, ulong low, ulong high, ulong touched)
    {
        var access = RmpAccess.Host(AccessKind.Write, frame);
        _platform.Write(access, 0, 8, low);
        return Answered(_platform.Write(access, 8, 8, high), touched);
    }

    private StepAnswer Registers(int guest, bool sets)
    {
        var area = _saveAreas[guest];
        if (!sets)
        {
            return Seen(Raw(area.Page, SaveArea.RipOffset) == Rip ? SevSight.Registers : SevSight.None);
        }

        var verdict = _platform.Write(RmpAccess.Host(AccessKind.Write, area.Page), SaveArea.RipOffset, 8, ForgedRip);
        var answer = Seen(area.Load().Rip == ForgedRip ? SevSight.ForgedRegisters : SevSight.None);
        return Answered(verdict, answer.Touched | SystemPart);
    }

    private StepAnswer Touch(int vcpu, int address, bool isWrite)
    {
        var guest = vcpu % Guests;
        var frame = _nested[guest, address] - 1;
        var access = new RmpAccess(
            RmpAccessor.Guest, isWrite ? AccessKind.Write : AccessKind.Read, FrameOf(frame), PageSize.Size4K, AsidOf(guest), new((ulong)address << 12), Encrypted: true);
        if (!isWrite)
        {
            _platform.Read(access, 0, 8, out var value);
            return Seen(SightOf(guest, address, value));
        }

        var which = _written[guest, address] == 1 ? 2 : 1;
        _written[guest, address] = (byte)which;
        _platform.Write(access, 8, 8, 0);
        return Answered(_platform.Write(access, 0, 8, TokenOf(address, which)), (1UL << frame) | GuestPart(guest));
    }

    // Before its first write a guest expects nothing of an address.
    private SevSight SightOf(int guest, int address, ulong value)
    {
        var last = _written[guest, address];
        if (last == 0 || value == TokenOf(address, last))
        {
            return SevSight.None;
        }

        return !IsToken(value) ? SevSight.Noise : value >> 8 == (ulong)address + 1 ? SevSight.OlderBytes : SevSight.OtherAddress;
    }

    private bool IsToken(ulong value) => (value & 0xff) is 1 or 2 && value >> 8 >= 1 && value >> 8 <= (ulong)_pages;

    private StepAnswer Seen(SevSight sight)
    {
        var isNew = (_seen | sight) != _seen;
        _seen |= sight;
        return StepAnswer.Done(isNew ? SystemPart : 0);
    }

    private static StepAnswer Answered(in AccessVerdict verdict, ulong touched) => verdict.IsAllowed ? StepAnswer.Done(touched) : StepAnswer.Refused(verdict.ToOutcome(), touched);
}
