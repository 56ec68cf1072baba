namespace GuestMemory.Tdx;

/// <summary>The calls of one vCPU of a TD. Sources: tdx-module, guest functions; linux-kvm-tdx, MapGPA.</summary>
internal readonly ref struct TdxGuestCalls
{
    private const int Registers = 3;

    // What the kernel's face answers for a VMM that did not ask for such exits.
    private const ulong NotAsked = ulong.MaxValue;

    private readonly VirtualMachine _vm;
    private readonly TdxHost _host;
    private readonly HostedTd _td;
    private readonly Pfn _tdvpr;

    public TdxGuestCalls(VirtualMachine vm, int vcpu)
    {
        (_vm, _host) = (vm, TdxVm.HostOf(vm));
        _td = _host.Find(vm.Id) ?? throw new InvalidOperationException($"{vm.Id} is not initialised as a TD.");
        _tdvpr = _td.Vcpus[vcpu];
    }

    public GuestCallAnswer Run(TdxGuestFunction function, Span<ulong> registers)
    {
        if (!Enum.IsDefined(function))
        {
            throw new ArgumentOutOfRangeException(nameof(function), function, "A TD has no such function.");
        }

        if (registers.Length < Registers)
        {
            throw new ArgumentException($"{function} takes {Registers} registers, not {registers.Length}.", nameof(registers));
        }

        return function == TdxGuestFunction.MapGpa
            ? BeginMapGpa(registers)
            : CallModule((TdxFunction)(0x1_0000 | (uint)function), registers);
    }

    /// <summary>The VMM answered one question of a MapGPA.</summary>
    public GuestCallAnswer Complete(ulong answer)
    {
        var request = _td.MapGpa ?? throw new InvalidOperationException("No MapGPA of this vCPU awaits an answer.");
        if (answer != 0)
        {
            return EndMapGpa(request, answer == NotAsked ? VmcallStatus.Unsupported : VmcallStatus.InvalidOperand);
        }

        request = request with { Next = request.Next + request.NextLength };
        _td.MapGpa = request;
        if (request.Next >= request.End)
        {
            _td.MapGpa = null;
            return GuestCallAnswer.Done();
        }

        // A guest with an interrupt to take is let go in between (linux-kvm-tdx, MapGPA).
        return _host.Module.Interrupts.Poll(1) == 0 ? EndMapGpa(request, VmcallStatus.Retry) : Ask(request);
    }

    private GuestCallAnswer CallModule(TdxFunction function, Span<ulong> registers)
    {
        if (!TryReenter(out var refusal))
        {
            return GuestCallAnswer.Faulted(new Gpa(registers[0]).Frame, PageKind.Private, refusal);
        }

        var result = _host.Module.Tdcall(function, _tdvpr, new(registers[0], registers[1], registers[2]));
        _host.Emit(_td.Tdr, (ulong)function, result.Status.ToOutcome(result.DecidedBy));
        if (result.Event == GuestEvent.Status)
        {
            return result.Interrupted
                ? CallModule(function, registers)
                : GuestCallAnswer.Done(result.Status.Value);
        }

        // An EPT violation: the vCPU left; the host brings a page in, gives it smaller, or has nothing to give.
        _host.Module.Exit(_tdvpr);
        var gfn = new Gpa(result.ExitGpa).Frame;
        if (_vm.Mmu is not TdxMmu mmu || !mmu.Private.TryTranslate(gfn, out var leaf))
        {
            return GuestCallAnswer.NeedsPage(gfn, PageKind.Private);
        }

        var wantsSmall = leaf.Size > PageSize.Size4K && new PageInfo(registers[0]).Level == SeptLevel.Pt;
        var fault = wantsSmall ? TdxAccessFault.TooLarge : TdxAccessFault.Blocked;
        return GuestCallAnswer.Faulted(gfn, PageKind.Private, new(Lane.Fault, (ulong)fault, gfn.Value, result.DecidedBy));
    }

    // Whoever made the vCPU leave meanwhile lets it in again.
    private bool TryReenter(out Outcome refusal)
    {
        refusal = default;
        if (_host.Module.FindVcpu(_tdvpr) is { IsInside: false })
        {
            refusal = TdxProcessor.Enter(_host, _vm.Id, _td, _tdvpr);
        }

        return refusal.IsSuccess;
    }

    private GuestCallAnswer BeginMapGpa(Span<ulong> registers)
    {
        var td = _host.Module.FindTd(_td.Tdr)!;
        var (gpa, size) = (registers[0], registers[1]);
        var call = new MapGpaCall(gpa, size, td.IsWide);
        if (MapGpaChecks.Checks.Decide(ref call, _vm.Machine.Options.Rules) is { } refusal)
        {
            return GuestCallAnswer.Stopped((ulong)refusal.Answer, new(gpa));
        }

        var shared = td.SharedBit;
        var start = gpa & ~shared;
        _td.MapGpa = new(start, start + size, (gpa & shared) == 0, gpa & shared);
        return Ask(_td.MapGpa.Value);
    }

    // The guest is told where to go on, as it named the range.
    private GuestCallAnswer EndMapGpa(in MapGpaRequest request, VmcallStatus status)
    {
        _td.MapGpa = null;
        return GuestCallAnswer.Stopped((ulong)status, new(request.Next | request.Shared));
    }

    private static GuestCallAnswer Ask(in MapGpaRequest request) =>
        GuestCallAnswer.Exits(VcpuExit.MapGpaRange(new(request.Next), request.NextLength / 4096, request.IsPrivate ? 16UL : 0));
}
