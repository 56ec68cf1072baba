namespace GuestMemory.Tdx;

/// <summary>A scenario as a system: a module, and a list of calls and accesses that can be made whenever their actor can.</summary>
/// <remarks>Every invariant is checked after every step. Not thread-safe.</remarks>
internal sealed class ScenarioSystem : IScheduledSystem
{
    private const int Bytes = 8;
    private const ulong HostToken = 0xaa;
    private readonly TdxModule _module;
    private readonly TdxScenario _scenario;
    private readonly KnownBytes _known = new();
    private readonly StepWatch _watch;
    private byte[] _watched = [];
    private byte[] _buffer = [];

    public ScenarioSystem(TdxScenario scenario)
    {
        (_scenario, _module) = (scenario, scenario.World.Module);
        Actors = ["host", .. scenario.Vcpus.Select(static vcpu => $"vCPU {vcpu}")];
        _module.Observer = _watch = new(_module);
    }

    /// <inheritdoc/>
    public string Name => "tdx";

    /// <inheritdoc/>
    public IReadOnlyList<StateProperty> Properties { get; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Actors { get; }

    /// <summary>The module; for tests.</summary>
    internal TdxModule Module => _module;

    /// <inheritdoc/>
    public void FindSteps(List<uint> steps)
    {
        for (var index = 0; index < _scenario.Moves.Count; index++)
        {
            if (CanMake(_scenario.Moves[index]))
            {
                steps.Add((uint)index);
            }
        }
    }

    /// <inheritdoc/>
    public string Describe(uint step) => _scenario.Moves[(int)step].Text;

    /// <inheritdoc/>
    public int ActorOf(uint step) => _scenario.Moves[(int)step].Actor;

    /// <inheritdoc/>
    /// <remarks>The host is while a key's caches are being written back.</remarks>
    public bool IsMidway(int actor) => actor == 0 && Array.Exists(_module.State.CacheWriteBacks, static one => one.IsOpen);

    /// <inheritdoc/>
    public StepAnswer Apply(uint step)
    {
        var move = _scenario.Moves[(int)step];
        Watch();
        foreach (var word in move.Words)
        {
            _module.Memory.Contents.Write(new(word.At), Bytes, word.Value);
        }

        _watch.BeginAgain();
        var answer = Make(move);
        foreach (var word in move.Words)
        {
            _module.Memory.Contents.Write(new(word.At), Bytes, 0);
        }

        return answer;
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        _module.WriteState(ref writer);
        _module.Memory.Contents.WriteState(ref writer);
        _known.WriteState(ref writer);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _module.ReadState(ref reader);
        _module.Memory.Contents.ReadState(ref reader);
        _known.ReadState(ref reader);
    }

    // The step is judged from the state it starts from; several steps start from the same one.
    private void Watch()
    {
        var writer = new StateWriter(_buffer);
        WriteState(ref writer);
        if (!writer.Written.SequenceEqual(_watched))
        {
            _watched = writer.Written.ToArray();
            _watch.Begin();
        }

        _buffer = writer.Buffer;
    }

    private bool CanMake(TdxMove move) => move.Kind == TdxMoveKind.Interrupt
        ? !_module.Interrupts.IsArmed
        : !move.IsGuests || (_module.FindVcpu(move.Vcpu) is { IsInside: true } vcpu && (!vcpu.Td.IsFatal || move.Kind == TdxMoveKind.Exit));

    private StepAnswer Make(TdxMove move)
    {
        switch (move.Kind)
        {
            case TdxMoveKind.HostCall:
                return MakeCall(move);
            case TdxMoveKind.HostRead:
                var read = _module.HostRead(new(move.Registers.Rcx), Bytes);
                _known.HostRead(new Spa(move.Registers.Rcx).Frame, read.Value);
                return StepAnswers.Of(read, ulong.MaxValue);
            case TdxMoveKind.HostWrite:
                return StepAnswers.Of(_module.HostWrite(new(move.Registers.Rcx), Bytes, HostToken), ulong.MaxValue);
            case TdxMoveKind.Exit:
                _module.Exit(move.Vcpu);
                return StepAnswer.Done();
            case TdxMoveKind.Interrupt:
                _module.Interrupts.Arm(0);
                return StepAnswer.Done();
            default:
                return StepAnswers.Of(MakeGuests(move), ulong.MaxValue, ulong.MaxValue);
        }
    }

    private StepAnswer MakeCall(TdxMove move)
    {
        var result = _module.Seamcall(move.Function, move.Registers, processor: move.Processor);
        if (move.Function is TdxFunction.MemPageAdd or TdxFunction.ImportMem or TdxFunction.PhymemPageReclaim or TdxFunction.MemWr)
        {
            _known.Forget();
        }

        return StepAnswers.Of(result, ulong.MaxValue, ulong.MaxValue);
    }

    private GuestResult MakeGuests(TdxMove move)
    {
        var vcpu = _module.FindVcpu(move.Vcpu)!;
        var at = move.Registers.Rcx;
        if (move.Kind == TdxMoveKind.GuestCall)
        {
            var answer = _module.Tdcall(move.Function, move.Vcpu, move.Registers);
            if (answer is { Event: GuestEvent.Status, DecidedBy: null })
            {
                _known.Accepted(vcpu, new(at));
            }

            return answer;
        }

        var result = move.Kind == TdxMoveKind.GuestWrite
            ? _module.GuestWrite(move.Vcpu, new(at), Bytes, move.Registers.Rdx)
            : _module.GuestRead(move.Vcpu, new(at), Bytes);
        if (result.Event == GuestEvent.Ok && move.Kind == TdxMoveKind.GuestWrite)
        {
            _known.Wrote(vcpu, at, move.Registers.Rdx);
        }
        else if (result.Event == GuestEvent.Ok)
        {
            _known.Read(vcpu, at, result.Value);
        }

        return result;
    }
}
