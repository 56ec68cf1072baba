namespace GuestMemory.Rmp;

/// <summary>The instructions of an SNP guest's vCPU through the VM's own translations, and its page state changes.</summary>
internal readonly ref struct SnpGuestCalls
{
    private const int Registers = 3;
    private readonly VirtualMachine _vm;
    private readonly int _vcpu;
    private readonly SnpHost _host;

    public SnpGuestCalls(VirtualMachine vm, int vcpu)
    {
        _vm = vm;
        _vcpu = vcpu;
        _host = SnpVm.HostOf(vm);
    }

    public GuestCallAnswer Run(SnpGuestFunction function, Span<ulong> registers)
    {
        if (!Enum.IsDefined(function))
        {
            throw new ArgumentOutOfRangeException(nameof(function), function, "An SNP guest has no such function.");
        }

        if (registers.Length < Registers)
        {
            throw new ArgumentException($"{function} takes {Registers} registers, not {registers.Length}.", nameof(registers));
        }

        if (function == SnpGuestFunction.PageStateChange)
        {
            return BeginPageStateChange(new(registers[0]), registers[1]);
        }

        var gpa = new Gpa(registers[0] & ~0xfffUL);
        return _vm.TryTranslate(_vcpu, gpa.Frame, isWrite: false, out var translation)
            ? Execute(function, gpa, translation, registers)
            : GuestCallAnswer.NeedsPage(gpa.Frame, PageKind.Private);
    }

    public GuestCallAnswer Complete(ulong answer)
    {
        var request = Guest.PageStateChange ?? throw new InvalidOperationException("No page state change of this vCPU awaits an answer.");
        request.Complete(answer);
        return NextRun(request);
    }

    private HostedSnpGuest Guest => _host.Find(_vm.Id)
        ?? throw new InvalidOperationException($"{_vm.Id} is not initialised as an SNP guest.");

    private GuestCallAnswer Execute(SnpGuestFunction function, Gpa gpa, in Translation translation, Span<ulong> registers)
    {
        var cpu = CpuState.Guest(Guest.Asid);
        var walk = new GuestWalk(registers[0], gpa, translation.Frame, translation.Size);
        var isLarge = (registers[1] & 1) != 0;
        var frames = new PfnRange(translation.Frame, 1);
        switch (function)
        {
            case SnpGuestFunction.Pvalidate:
                var validated = _host.Platform.Pvalidate(cpu, walk, isLarge, (registers[2] & 1) != 0);
                _host.Emit(frames, SnpOperationKind.Pvalidate, validated.ToOutcome());
                return Answer(gpa, validated.Fault, validated.ToOutcome(), (ulong)validated.Status, registers, validated.Carry ? 1UL : 0, registers[2]);
            case SnpGuestFunction.RmpAdjust:
                var adjusted = _host.Platform.RmpAdjust(cpu, walk, isLarge, registers[2]);
                _host.Emit(frames, SnpOperationKind.RmpAdjust, adjusted.ToOutcome());
                return Answer(gpa, adjusted.Fault, adjusted.ToOutcome(), (ulong)adjusted.Status, registers, registers[1], registers[2]);
            default:
                var asked = _host.Platform.RmpQuery(cpu, walk, unchecked((byte)registers[2]));
                var rights = ((ulong)asked.Permissions << 8) | (asked.Vmsa ? 0x1_0000UL : 0);
                var outcome = new InstructionResult(asked.Status, asked.Fault, asked.DecidedBy).ToOutcome();
                return Answer(gpa, asked.Fault, outcome, (ulong)asked.Status, registers, asked.Size == PageSize.Size2M ? 1UL : 0, rights);
        }
    }

    // Registers change only when the instruction ends; a faulted one is made again with what the guest gave.
    private static GuestCallAnswer Answer(Gpa gpa, in RmpFault fault, Outcome outcome, ulong status, Span<ulong> registers, ulong second, ulong third)
    {
        if (fault.IsFault)
        {
            return GuestCallAnswer.Faulted(gpa.Frame, PageKind.Private, outcome);
        }

        (registers[0], registers[1], registers[2]) = (status, second, third);
        return GuestCallAnswer.Done(status);
    }

    private GuestCallAnswer BeginPageStateChange(Gpa at, ulong length)
    {
        if (!_vm.TryTranslate(_vcpu, at.Frame, isWrite: true, out var translation))
        {
            return GuestCallAnswer.NeedsPage(at.Frame, PageKind.Shared);
        }

        // The guest wrote its buffer through a shared mapping; in a private page it could not have.
        var judged = _vm.Machine.Ownership.Check(new(FrameOwner.Of(_vm.Id), AccessKind.Write, translation.Frame, translation.Size, Encrypted: false, at.Frame));
        if (!judged.IsSuccess)
        {
            return GuestCallAnswer.Faulted(at.Frame, PageKind.Shared, judged);
        }

        // It lies within one page.
        var size = (int)Math.Min(length, 4096 - at.Offset);
        if (size < PscBuffer.HeaderBytes)
        {
            return GuestCallAnswer.Done(PscResult.BadHeader);
        }

        var start = translation.Frame.Address + at.Offset;
        var request = new PscRequest(new PscBuffer(ReadBuffer(start, size)), _vm.Machine.Options.Rules);
        _host.BeginPageStateChange(Guest, request, start);
        return NextRun(request);
    }

    private byte[] ReadBuffer(Spa start, int size)
    {
        var bytes = new byte[size];
        for (var index = 0; index < size; index++)
        {
            bytes[index] = (byte)_vm.Machine.Contents.Read(start + (ulong)index, 1);
        }

        return bytes;
    }

    private GuestCallAnswer NextRun(PscRequest request)
    {
        var isAsking = request.TryNextRun(out var run);
        WriteBack(request.Buffer, Guest.PageStateBuffer);
        if (isAsking)
        {
            var attributes = (run.IsPrivate ? 16UL : 0) | (run.IsLarge ? 1UL : 0);
            return GuestCallAnswer.Exits(VcpuExit.MapGpaRange(run.Frames.Start.Address, run.Frames.Count, attributes));
        }

        _host.EndPageStateChange(Guest);
        return GuestCallAnswer.Done(request.ExitInfo2);
    }

    // What was done is counted in the guest's own buffer.
    private void WriteBack(PscBuffer buffer, Spa start)
    {
        var contents = _vm.Machine.Contents;
        if (buffer.Length >= PscBuffer.HeaderBytes)
        {
            contents.Write(start, 2, buffer.CurrentEntry);
        }

        for (var index = 0; index < buffer.Capacity; index++)
        {
            contents.Write(start + (ulong)(PscBuffer.HeaderBytes + (index * PscBuffer.EntryBytes)), 8, buffer[index].Value);
        }
    }
}
