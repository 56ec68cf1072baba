namespace GuestMemory.Rmp;

/// <summary>A guest's software: it accepts and releases pages and touches memory through the nested table its host keeps. What it makes of a #VC is each guest's own.</summary>
/// <remarks>
/// It maps its virtual addresses one to one. Under a profile without the RMP the same steps run unchecked and PVALIDATE does nothing.
/// The nested table is the host's and not part of the guest's state. Not thread-safe.
/// </remarks>
public abstract partial class SnpGuest : IStateful
{
    /// <summary>Makes a guest; nothing runs yet.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="asid">Its ASID.</param>
    /// <param name="nested">The nested table its host keeps; levels of one guest may share it.</param>
    /// <param name="options">What it runs with; <see langword="null"/> for the defaults.</param>
    protected SnpGuest(SnpPlatform platform, Asid asid, NestedMap nested, GuestOptions? options)
    {
        ArgumentNullException.ThrowIfNull(platform);
        ArgumentNullException.ThrowIfNull(nested);
        Platform = platform;
        Asid = asid;
        Nested = nested;
        Options = options ?? GuestOptions.Default;
        Tlb = Options.CachesTranslations ? new(platform) : null;
    }

    /// <summary>The platform.</summary>
    public SnpPlatform Platform { get; }

    /// <summary>The guest's ASID.</summary>
    public Asid Asid { get; }

    /// <summary>The nested table its host keeps.</summary>
    public NestedMap Nested { get; }

    /// <summary>What it runs with.</summary>
    public GuestOptions Options { get; }

    /// <summary>What its vCPU remembers; <see langword="null"/> when it remembers nothing.</summary>
    public GuestTlb? Tlb { get; }

    /// <summary>Why it stopped; none while it runs.</summary>
    public GuestReason StoppedBy { get; private set; }

    /// <summary>Its processor, as instructions see it.</summary>
    protected CpuState Cpu => new(Asid, Options.Profile.HasRmp, 0, Options.Vmpl);

    /// <inheritdoc/>
    public virtual void WriteState(ref StateWriter writer)
    {
        writer.Byte((byte)StoppedBy);
        Tlb?.WriteState(ref writer);
    }

    /// <inheritdoc/>
    public virtual void ReadState(ref StateReader reader)
    {
        StoppedBy = (GuestReason)reader.Byte();
        Tlb?.ReadState(ref reader);
    }

    /// <summary>What the guest does about a #VC for a page that is not validated.</summary>
    /// <param name="gpa">The page.</param>
    /// <param name="fault">The answer that stands if it does nothing.</param>
    /// <returns>Done to try the access again; otherwise the access's answer.</returns>
    protected abstract GuestAnswer OnNotValidated(Gpa gpa, in GuestAnswer fault);

    /// <summary>The guest runs no further.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="seen">What it saw.</param>
    protected GuestAnswer Stop(GuestReason reason, in GuestAnswer seen)
    {
        StoppedBy = reason;
        return seen with { Kind = GuestAnswerKind.Stopped, Reason = reason };
    }

    // Runs a step, and once more when the guest dealt with a page that was not validated.
    private GuestAnswer Run(Gpa gpa, Func<GuestAnswer> step)
    {
        if (StoppedBy != GuestReason.None)
        {
            return new(GuestAnswerKind.Stopped, 0, default, StoppedBy);
        }

        var answer = step();
        if (!answer.IsNotValidated)
        {
            return answer;
        }

        var handled = OnNotValidated(gpa.Frame.Address, answer);
        return handled.IsDone ? step() : handled;
    }
}
