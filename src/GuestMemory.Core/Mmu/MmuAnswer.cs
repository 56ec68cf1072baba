namespace GuestMemory;

/// <summary>A secondary MMU's answer. The default is done.</summary>
/// <param name="Verdict">How it answered.</param>
/// <param name="Detail">The technology's own status, with the rule that decided; success when there is nothing to say.</param>
public readonly record struct MmuAnswer(MmuVerdict Verdict, Outcome Detail)
{
    /// <summary>Done.</summary>
    public static MmuAnswer Done => default;

    /// <summary>Fault again.</summary>
    public static MmuAnswer Retry => new(MmuVerdict.Retry, default);

    /// <summary>Whether it was done.</summary>
    public bool IsDone => Verdict == MmuVerdict.Done;

    /// <summary>A refusal.</summary>
    /// <param name="detail">Why.</param>
    public static MmuAnswer Refused(Outcome detail) => new(MmuVerdict.Refused, detail);

    /// <summary>The verdict and its detail.</summary>
    public override string ToString() => Detail.IsSuccess ? Verdict.ToString() : $"{Verdict}: {Detail}";
}
