namespace GuestMemory.Testing;

/// <summary>Draws sequences of a system's own steps: seldom chosen ones, and ones that lead to something new, are preferred.</summary>
/// <param name="walker">Who walks.</param>
internal sealed class StepDrawer(StepWalker walker)
{
    private const int MostTries = 4;
    private readonly List<uint> _made = [];
    private byte[] _before = [];
    private int _beforeLength;

    /// <summary>What all draws have seen so far.</summary>
    public StepMemory Memory { get; } = new();

    /// <summary>Draws a sequence: from the first state, or on from where an earlier one last met something new.</summary>
    /// <param name="seed">What the choices are drawn from.</param>
    /// <param name="length">Length of the sequence; it is shorter when something breaks or nothing is offered.</param>
    public uint[] Draw(ulong seed, int length)
    {
        var draws = new Draws(seed);
        Waypoint? last = null;
        Begin(length, ref draws);
        var goesOn = walker.LookAround();
        while (goesOn && _made.Count < length)
        {
            goesOn = TryStep(ref draws, out var isNew);
            last = isNew ? new([.. _made], walker.State().ToArray()) : last;
        }

        if (last is not null)
        {
            Memory.Keep(last);
        }

        return [.. _made];
    }

    private void Begin(int length, ref Draws draws)
    {
        _made.Clear();
        if (draws.OnceIn(2) && Memory.TryDrawWaypoint(ref draws, out var waypoint) && waypoint.Steps.Length < length)
        {
            walker.Restore(waypoint.State);
            _made.AddRange(waypoint.Steps);
            return;
        }

        walker.Restart();
    }

    // A step that leads to nothing new is mostly taken back, for another to be tried in its place.
    private bool TryStep(ref Draws draws, out bool isNew)
    {
        isNew = false;
        Remember();
        for (var tries = 1; tries <= MostTries; tries++)
        {
            var offered = walker.Offered();
            if (offered.Count == 0)
            {
                return false;
            }

            var step = Memory.Choose(offered, ref draws);
            var end = walker.Make(step, out var answer);
            if (end == StepEnd.Breaks)
            {
                _made.Add(step);
                return false;
            }

            isNew = end == StepEnd.GoesOn && Memory.Note(answer, walker.Fingerprint());
            if (end == StepEnd.GoesOn && (isNew || tries == MostTries || draws.OnceIn(4)))
            {
                _made.Add(step);
                return true;
            }

            walker.Restore(_before.AsSpan(0, _beforeLength));
        }

        return false;
    }

    private void Remember()
    {
        var state = walker.State();
        if (_before.Length < state.Length)
        {
            _before = new byte[state.Length * 2];
        }

        state.CopyTo(_before);
        _beforeLength = state.Length;
    }
}
