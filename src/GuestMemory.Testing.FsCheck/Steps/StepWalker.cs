using System.IO.Hashing;

namespace GuestMemory.Testing;

/// <summary>Walks a system step by step from its first state, and sees what breaks on the way.</summary>
internal sealed class StepWalker
{
    private readonly byte[] _first;
    private readonly StateProperty[] _rules;
    private readonly List<StateProperty> _unshown;
    private readonly List<uint> _offered = [];
    private byte[] _buffer = new byte[1024];

    /// <summary>Takes a system in its first state.</summary>
    /// <param name="system">The system; nobody else uses it from now on.</param>
    /// <param name="more">What must hold beside its own properties.</param>
    public StepWalker(IStepSystem system, params StateProperty[] more)
    {
        System = system;
        _rules = [.. system.Properties.Concat(more).Where(property => property.Kind != PropertyKind.Sometimes)];
        _unshown = [.. system.Properties.Where(property => property.Kind == PropertyKind.Sometimes)];
        _first = State().ToArray();
    }

    /// <summary>The system.</summary>
    public IStepSystem System { get; }

    /// <summary>What broke last.</summary>
    public StepBreak? Break { get; private set; }

    /// <summary>Names of the <see cref="PropertyKind.Sometimes"/> properties that no state has shown so far.</summary>
    public IEnumerable<string> Unshown => _unshown.Select(property => property.Name);

    /// <summary>Steps made so far, refused ones included.</summary>
    public long Steps { get; private set; }

    /// <summary>Goes back to the first state.</summary>
    public void Restart() => Restore(_first);

    /// <summary>Goes to a written state.</summary>
    /// <param name="state">The state's bytes.</param>
    public void Restore(ReadOnlySpan<byte> state)
    {
        Break = null;
        StateReader.ReadWhole(state, System);
    }

    /// <summary>The present state's bytes, until this is asked again.</summary>
    public ReadOnlySpan<byte> State()
    {
        var writer = new StateWriter(_buffer);
        System.WriteState(ref writer);
        _buffer = writer.Buffer;
        return writer.Written;
    }

    /// <summary>The present state's fingerprint.</summary>
    public UInt128 Fingerprint() => XxHash128.HashToUInt128(State());

    /// <summary>The steps the present state offers, until this is asked again.</summary>
    public List<uint> Offered()
    {
        _offered.Clear();
        System.FindSteps(_offered);
        return _offered;
    }

    /// <summary>Whether the present state offers a step.</summary>
    /// <param name="step">The step.</param>
    public bool Offers(uint step) => Offered().Contains(step);

    /// <summary>Makes a step and looks at the state it leads to.</summary>
    /// <param name="step">A step the present state offers.</param>
    /// <param name="answer">What the system answered.</param>
    public StepEnd Make(uint step, out StepAnswer answer)
    {
        answer = default;
        Steps++;
        try
        {
            answer = System.Apply(step);
        }
        catch (OutsideModelException)
        {
            return StepEnd.OutsideModel;
        }
        catch (ModelInvariantException broken)
        {
            Break = new(broken.Invariant, broken.Message);
            return StepEnd.Breaks;
        }
        catch (Exception unexpected)
        {
            // No answer at all: to be shrunk like any other defect.
            Break = new(unexpected.GetType().Name, unexpected.ToString());
            return StepEnd.Breaks;
        }

        return LookAround() ? StepEnd.GoesOn : StepEnd.Breaks;
    }

    /// <summary>Looks whether the present state has the properties it must have.</summary>
    /// <returns><see langword="false"/> when one does not hold; <see cref="Break"/> says which.</returns>
    public bool LookAround()
    {
        foreach (var property in _rules)
        {
            if (property.Holds() != (property.Kind == PropertyKind.Always))
            {
                Break = new(property.Name, property.ToString());
                return false;
            }
        }

        for (var at = _unshown.Count - 1; at >= 0; at--)
        {
            if (_unshown[at].Holds())
            {
                _unshown.RemoveAt(at);
            }
        }

        return true;
    }

    /// <summary>Makes steps from the first state on, leaving out what is not offered then, until something breaks.</summary>
    /// <param name="steps">The steps.</param>
    /// <returns>The steps that were made.</returns>
    public uint[] Walk(ReadOnlySpan<uint> steps)
    {
        var made = new List<uint>(steps.Length);
        Restart();
        var goesOn = LookAround();
        for (var at = 0; goesOn && at < steps.Length; at++)
        {
            if (Offers(steps[at]))
            {
                var end = Make(steps[at], out _);
                goesOn = end == StepEnd.GoesOn;
                if (end != StepEnd.OutsideModel)
                {
                    made.Add(steps[at]);
                }
            }
        }

        return [.. made];
    }
}
