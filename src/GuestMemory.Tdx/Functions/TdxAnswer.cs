namespace GuestMemory.Tdx;

/// <summary>What a check answers when it refuses.</summary>
/// <param name="Status">The status.</param>
/// <param name="Registers">What the caller finds in its registers then.</param>
/// <param name="Residue">What the refusal leaves changed.</param>
public readonly record struct TdxAnswer(TdxStatus Status, AnswerRegisters Registers = AnswerRegisters.Zero, AnswerResidue Residue = AnswerResidue.None)
{
    /// <summary>A status without an operand.</summary>
    /// <param name="code">The code.</param>
    public static TdxAnswer Of(TdxStatusCode code) => new(TdxStatus.Of(code));

    /// <summary>A status about an operand.</summary>
    /// <param name="code">The code.</param>
    /// <param name="operand">The operand.</param>
    /// <param name="registers">What the caller finds in its registers.</param>
    public static TdxAnswer Of(TdxStatusCode code, TdxOperand operand, AnswerRegisters registers = AnswerRegisters.Zero) =>
        new(TdxStatus.Of(code, operand), registers);

    /// <summary>The status.</summary>
    public override string ToString() => Status.ToString();
}
