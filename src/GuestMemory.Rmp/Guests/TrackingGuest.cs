namespace GuestMemory.Rmp;

/// <summary>A guest that remembers what it accepted, never accepts a page twice, and stops at anything that contradicts its memory. Source: snp-white-paper, pages 10 and 11.</summary>
public sealed class TrackingGuest : SnpGuest
{
    private readonly RangeSet _accepted = new();

    /// <summary>Makes a guest; nothing runs yet.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="asid">Its ASID.</param>
    /// <param name="nested">The nested table its host keeps.</param>
    /// <param name="options">What it runs with; <see langword="null"/> for the defaults.</param>
    public TrackingGuest(SnpPlatform platform, Asid asid, NestedMap nested, GuestOptions? options = null)
        : base(platform, asid, nested, options)
    {
    }

    /// <summary>How many pages it holds accepted.</summary>
    public ulong AcceptedPages => _accepted.TotalLength;

    /// <summary>Whether it holds a page accepted.</summary>
    /// <param name="gfn">The page.</param>
    public bool IsAccepted(Gfn gfn) => _accepted.Contains(gfn.Value);

    /// <summary>Counts pages as accepted that the launch validated.</summary>
    /// <param name="frames">The pages.</param>
    public void AddLaunched(GfnRange frames) => _accepted.Add(frames.Start.Value, frames.End.Value);

    /// <summary>Accepts pages; those it holds already are left out, and when none is left it declines.</summary>
    /// <inheritdoc/>
    public override GuestAnswer Accept(Gpa gpa, PageSize size = PageSize.Size4K)
    {
        var frames = FramesOf(gpa, size);
        if (StoppedBy != GuestReason.None || !HoldsAny(frames))
        {
            return base.Accept(gpa, size);
        }

        return HoldsAll(frames) ? GuestAnswer.Declined(GuestReason.AlreadyAccepted) : EachPage(frames, held: false);
    }

    /// <summary>Takes the acceptance back for those of the pages it holds; when it holds none it declines.</summary>
    /// <inheritdoc/>
    public override GuestAnswer Release(Gpa gpa, PageSize size = PageSize.Size4K)
    {
        var frames = FramesOf(gpa, size);
        if (StoppedBy != GuestReason.None || HoldsAll(frames))
        {
            return base.Release(gpa, size);
        }

        return HoldsAny(frames) ? EachPage(frames, held: true) : GuestAnswer.Declined(GuestReason.NotAccepted);
    }

    /// <summary>Asks the hardware whether a page it holds is still the one it accepted: PVALIDATE must change nothing.</summary>
    /// <param name="gpa">The page.</param>
    /// <param name="size">4K or 2M.</param>
    /// <returns>Done with value 1; a change stops the guest.</returns>
    /// <exception cref="ArgumentException">The size is 1G.</exception>
    public GuestAnswer Confirm(Gpa gpa, PageSize size = PageSize.Size4K) =>
        StoppedBy != GuestReason.None || HoldsAll(FramesOf(gpa, size)) ? base.Accept(gpa, size) : GuestAnswer.Declined(GuestReason.NotAccepted);

    /// <inheritdoc/>
    public override void WriteState(ref StateWriter writer)
    {
        base.WriteState(ref writer);
        writer.Runs(_accepted);
    }

    /// <inheritdoc/>
    public override void ReadState(ref StateReader reader)
    {
        base.ReadState(ref reader);
        reader.Runs(_accepted);
    }

    /// <inheritdoc/>
    protected override GuestAnswer OnNotValidated(Gpa gpa, in GuestAnswer fault) =>
        IsAccepted(gpa.Frame) ? Stop(GuestReason.AcceptedPageFaulted, fault) : fault;

    /// <inheritdoc/>
    protected override GuestAnswer OnPvalidated(GfnRange frames, bool validate, in PvalidateResult result)
    {
        var answer = base.OnPvalidated(frames, validate, result);
        var isDue = validate != HoldsAll(frames);
        if (isDue == result.Carry && !Platform.Rules.IsOff(SnpConductRules.Carry))
        {
            return Stop(isDue ? GuestReason.UnexpectedNoChange : GuestReason.UnexpectedChange, answer with { DecidedBy = result.DecidedBy });
        }

        if (validate)
        {
            _accepted.Add(frames.Start.Value, frames.End.Value);
        }
        else
        {
            _accepted.Remove(frames.Start.Value, frames.End.Value);
        }

        return answer;
    }

    private bool HoldsAll(GfnRange frames) => _accepted.ContainsAll(frames.Start.Value, frames.End.Value);

    private bool HoldsAny(GfnRange frames) => _accepted.ContainsAny(frames.Start.Value, frames.End.Value);

    // What a step that a fault cut short left over.
    private GuestAnswer EachPage(GfnRange frames, bool held)
    {
        var answer = default(GuestAnswer);
        for (var gfn = frames.Start; gfn < frames.End && answer.IsDone; gfn += 1)
        {
            if (IsAccepted(gfn) == held)
            {
                answer = held ? base.Release(gfn.Address) : base.Accept(gfn.Address);
            }
        }

        return answer;
    }
}
