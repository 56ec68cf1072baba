namespace GuestMemory.Testing;

/// <summary>One operation's sweep: the states before and after it, and what each strike is judged by.</summary>
internal sealed class OperationSweep<TSystem>
{
    private readonly InjectedOperation<TSystem> _operation;
    private readonly byte[] _before;
    private readonly byte[] _whole;

    public OperationSweep(InjectedOperation<TSystem> operation)
    {
        _operation = operation;
        var faults = new PlannedFaults();
        var system = operation.Make(faults);
        _before = StateOf(system);
        faults.Plan(int.MaxValue, 1);
        var outcome = operation.Operate(system);
        if (!outcome.IsSuccess)
        {
            throw new ArgumentException($"{operation.Name} answers {outcome} when nothing fails.", nameof(operation));
        }

        Points = [.. faults.Passed];
        _whole = StateOf(system);
    }

    /// <summary>The points passed when nothing fails.</summary>
    public IReadOnlyList<InjectionPoint> Points { get; }

    public InjectionResult Strike(int at, int length)
    {
        var faults = new PlannedFaults();
        var system = _operation.Make(faults);
        var number = Points.Take(at + 1).Count(point => point == Points[at]);
        try
        {
            faults.Plan(at, length);
            var outcome = _operation.Operate(system);
            faults.Rest();
            var state = StateOf(system);
            var strike = new InjectedStrike(Points[at], number, length, outcome, !state.AsSpan().SequenceEqual(_before));
            var effect = _operation.Leaves(strike);
            var finding = FindingOf(strike, effect, state) ?? _operation.FindBreach(system) ?? AfterOf(system, strike, effect);
            return new(strike, effect?.Effect, finding);
        }
        catch (ModelInvariantException broken)
        {
            return new(new(Points[at], number, length, default, Changed: true), null, $"broken invariant: {broken.Message}");
        }
    }

    private string? FindingOf(in InjectedStrike strike, DeclaredEffect<TSystem>? effect, byte[] state)
    {
        if (state.AsSpan().SequenceEqual(Expected(strike, effect)))
        {
            return null;
        }

        return effect is not null ? $"left something else than declared: {effect.Effect.Stays}"
            : strike.Outcome.IsSuccess ? "succeeded, and left another state than without the failure"
            : "was refused, and changed the state";
    }

    private byte[] Expected(in InjectedStrike strike, DeclaredEffect<TSystem>? effect)
    {
        if (effect is null)
        {
            return strike.Outcome.IsSuccess ? _whole : _before;
        }

        var reference = _operation.Make(new PlannedFaults());
        effect.Reference(reference);
        return StateOf(reference);
    }

    // Once nothing fails any more: made again, and taken back.
    private string? AfterOf(TSystem system, in InjectedStrike strike, DeclaredEffect<TSystem>? effect)
    {
        var isWhole = strike.Outcome.IsSuccess && effect is null;
        if (!isWhole && _operation.Completes(strike))
        {
            var again = _operation.Operate(system);
            if (!again.IsSuccess || _operation.FindBreach(system) is not null)
            {
                return $"made again, it answers {again} {_operation.FindBreach(system)}";
            }
        }

        return _operation.Undo is null ? null : LossOf(system, strike);
    }

    private string? LossOf(TSystem system, in InjectedStrike strike)
    {
        var held = _operation.Holds(_operation.Make(new PlannedFaults()));
        _operation.Undo!(system);
        var holds = _operation.Holds(system);
        return _operation.FindBreach(system)
            ?? (held == holds || _operation.Loses(strike) ? null : $"taken back, it holds {holds} instead of {held}");
    }

    private byte[] StateOf(TSystem system)
    {
        var writer = new StateWriter([]);
        _operation.StateOf(system).WriteState(ref writer);
        return writer.Written.ToArray();
    }
}
