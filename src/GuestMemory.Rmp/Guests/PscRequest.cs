namespace GuestMemory.Rmp;

/// <summary>A page state change at work, as KVM does it: run by run it asks the VMM, and it counts what is done in the guest's buffer.</summary>
/// <remarks>
/// Take a run with <see cref="TryNextRun"/>, convert it, say how that went with <see cref="Complete"/>, and so on until there is none;
/// then <see cref="ExitInfo2"/> is the guest's answer. The header is read and judged anew each time: the guest can reach it. Hints, and
/// operations without a name, count as done. Not thread-safe. Sources: ghcb, 4.1.6; linux-kvm-sev.
/// </remarks>
public sealed class PscRequest : IStateful
{
    private readonly RuleSwitches _rules;
    private readonly bool _canExit;
    private int _first;
    private int _inFlight;
    private bool _isDone;

    /// <summary>Begins; nothing is read yet.</summary>
    /// <param name="buffer">The guest's buffer.</param>
    /// <param name="rules">Which rules are off; <see langword="null"/> for none. Without <c>PSC/buffer-size</c> it is KVM before the check was there.</param>
    /// <param name="canExit">Whether the VMM takes the exit; otherwise every request fails.</param>
    public PscRequest(PscBuffer buffer, RuleSwitches? rules = null, bool canExit = true)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        Buffer = buffer;
        _rules = rules ?? RuleSwitches.AllOn;
        _canExit = canExit;
    }

    /// <summary>The guest's buffer.</summary>
    public PscBuffer Buffer { get; }

    /// <summary>Whether the request ended, well or not.</summary>
    public bool IsDone => _isDone;

    /// <summary>Whether the VMM is being asked about a run.</summary>
    public bool IsAsking => _inFlight > 0;

    /// <summary>The guest's answer: one of <see cref="PscResult"/>. 0 until the request ended.</summary>
    public ulong ExitInfo2 { get; private set; }

    /// <summary>The rule that ended the request; <see langword="null"/> when none did. Not part of the state.</summary>
    public Rule? DecidedBy { get; private set; }

    /// <summary>The next run to ask the VMM about.</summary>
    /// <param name="run">The run.</param>
    /// <returns><see langword="false"/> when the request ended.</returns>
    /// <exception cref="InvalidOperationException">The last run is not completed.</exception>
    public bool TryNextRun(out PscRun run)
    {
        run = default;
        if (IsAsking)
        {
            throw new InvalidOperationException($"Call {nameof(Complete)} first: the VMM has not answered.");
        }

        while (!_isDone && CheckHeader() && FindFirst() && !Gather(out run))
        {
            CountDone();
        }

        return !_isDone;
    }

    /// <summary>The VMM answered the last run.</summary>
    /// <param name="vmmAnswer">0 when it converted all of it; any other ends the request as failed.</param>
    /// <exception cref="InvalidOperationException">No run is being asked about.</exception>
    public void Complete(ulong vmmAnswer)
    {
        if (!IsAsking)
        {
            throw new InvalidOperationException($"Call {nameof(TryNextRun)} first: nothing is asked.");
        }

        if (vmmAnswer == 0)
        {
            CountDone();
        }
        else
        {
            End(PscResult.Failed);
        }
    }

    /// <summary>The host ends the request: with 0 early, so that the guest asks again for what is left, or with a word of its own such as <see cref="PscResult.AlreadyDone"/>.</summary>
    /// <param name="exitInfo2">One of <see cref="PscResult"/>.</param>
    public void End(ulong exitInfo2)
    {
        ExitInfo2 = exitInfo2;
        _isDone = true;
        _inFlight = 0;
        _first = 0;
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_first);
        writer.Int32(_inFlight);
        writer.Flag(_isDone);
        writer.UInt64(ExitInfo2);
        Buffer.WriteState(ref writer);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _first = reader.Int32();
        _inFlight = reader.Int32();
        _isDone = reader.Flag();
        ExitInfo2 = reader.UInt64();
        DecidedBy = null;
        Buffer.ReadState(ref reader);
    }

    private bool CheckHeader()
    {
        var call = new PscCall(Buffer, _canExit);
        return !EndsBy(PscRules.Header.Decide(ref call, _rules));
    }

    private bool EndsBy(Check<PscCall, ulong>? refusal)
    {
        if (refusal is null)
        {
            return false;
        }

        DecidedBy = refusal;
        End(refusal.Answer);
        return true;
    }

    // The first entry with a page left; those without are passed by.
    private bool FindFirst()
    {
        var at = (int)Buffer.CurrentEntry;
        for (; at <= Buffer.EndEntry; at++)
        {
            Buffer.CurrentEntry = (ushort)at;
            var entry = Buffer[at];
            var call = new PscCall(Buffer, _canExit, entry);
            if (EndsBy(PscRules.Entry.Decide(ref call, _rules)))
            {
                return false;
            }

            if (entry.CurrentPage < entry.Pages)
            {
                return true;
            }
        }

        Buffer.CurrentEntry = (ushort)Math.Min(at, ushort.MaxValue);
        End(PscResult.Done);
        return false;
    }

    // A 2M entry that was half done goes on in 4K, and alone: what follows may still be whole 2M pages.
    private bool Gather(out PscRun run)
    {
        _first = Buffer.CurrentEntry;
        _inFlight = 1;
        var entry = Buffer[_first];
        var isLarge = entry is { IsLarge: true, CurrentPage: 0 };
        var pages = (ulong)(entry.Pages - entry.CurrentPage);
        for (var index = _first + 1; entry.CurrentPage == 0 && index <= Buffer.EndEntry; index++)
        {
            var next = Buffer[index];
            if (next.Operation != entry.Operation || next.Gfn != entry.Gfn + pages || next.CurrentPage != 0 || next.IsLarge != isLarge)
            {
                break;
            }

            _inFlight++;
            pages += (ulong)next.Pages;
        }

        run = new(new(entry.Gfn + (ulong)entry.CurrentPage, pages), entry.Operation == PscOperation.Private, isLarge);
        return entry.Operation is PscOperation.Private or PscOperation.Shared;
    }

    private void CountDone()
    {
        for (var index = _first; index < _first + _inFlight; index++)
        {
            Buffer[index] = Buffer[index].At(Buffer[index].Pages);
        }

        var next = _first + _inFlight;
        Buffer.CurrentEntry = (ushort)Math.Min(next, ushort.MaxValue);
        _inFlight = 0;
        _first = 0;
        if (next > ushort.MaxValue)
        {
            End(PscResult.Done);
        }
    }
}
