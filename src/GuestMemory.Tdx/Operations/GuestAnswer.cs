namespace GuestMemory.Tdx;

/// <summary>What a check answers when it refuses a guest.</summary>
/// <param name="Event">How the guest's step ends.</param>
/// <param name="Status">The status, when it ends in one.</param>
/// <param name="NamesLevel">Whether bits 31:0 of the status are the level the walk reached.</param>
/// <param name="Exit">What the host is told, when the vCPU leaves.</param>
public readonly record struct GuestAnswer(GuestEvent Event, TdxStatus Status = default, bool NamesLevel = false, GuestExit Exit = GuestExit.Plain)
{
    /// <summary>A status about an operand.</summary>
    /// <param name="code">The code.</param>
    /// <param name="operand">The operand.</param>
    public static GuestAnswer Of(TdxStatusCode code, TdxOperand operand) => new(GuestEvent.Status, TdxStatus.Of(code, operand));

    /// <summary>A status about the level the walk reached.</summary>
    /// <param name="code">The code.</param>
    public static GuestAnswer OfLevel(TdxStatusCode code) => new(GuestEvent.Status, TdxStatus.Of(code), NamesLevel: true);

    /// <summary>The vCPU leaves with an EPT violation.</summary>
    /// <param name="exit">What the host is told.</param>
    public static GuestAnswer Leave(GuestExit exit) => new(GuestEvent.TdExit, Exit: exit);

    /// <summary>The event, and the status.</summary>
    public override string ToString() => Event switch
    {
        GuestEvent.Status => Status.ToString(),
        GuestEvent.TdExit => $"{Event} {Exit}",
        _ => Event.ToString(),
    };
}
