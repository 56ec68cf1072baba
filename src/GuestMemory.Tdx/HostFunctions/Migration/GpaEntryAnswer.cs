namespace GuestMemory.Tdx;

/// <summary>What a rule about one entry of a GPA list answers.</summary>
/// <param name="Status">The entry's status.</param>
/// <param name="Effect">What becomes of the call.</param>
/// <param name="Call">What the call answers where it ends.</param>
internal readonly record struct GpaEntryAnswer(GpaEntryStatus Status, GpaListEffect Effect, TdxStatus Call)
{
    /// <summary>A problem of the entry alone.</summary>
    public static GpaEntryAnswer Of(GpaEntryStatus status) => new(status, GpaListEffect.Count, default);

    /// <summary>A problem that can end the call.</summary>
    public static GpaEntryAnswer Of(GpaEntryStatus status, GpaListEffect effect, TdxStatusCode code, TdxOperand operand = TdxOperand.GpaListEntry) =>
        new(status, effect, TdxStatus.Of(code, operand));

    public override string ToString() => $"{Status}, {Effect}";
}
