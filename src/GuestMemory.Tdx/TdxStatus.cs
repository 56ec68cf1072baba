using System.Globalization;

namespace GuestMemory.Tdx;

/// <summary>A completion status: what a function leaves in RAX. The default is success.</summary>
/// <param name="Value">The 64 bits.</param>
public readonly record struct TdxStatus(ulong Value)
{
    /// <summary>Success.</summary>
    public static TdxStatus Success => default;

    /// <summary>Bits 63:32.</summary>
    public TdxStatusCode Code => (TdxStatusCode)(uint)(Value >> 32);

    /// <summary>Bits 31:0: an operand for most codes, a Secure EPT level for ACCEPT's, a count of list entries for the export functions.</summary>
    public uint Details => unchecked((uint)Value);

    /// <summary>Whether bit 63 is set. Without it the function did what was asked, or had nothing to do.</summary>
    public bool IsError => (Value >> 63) != 0;

    /// <summary>Whether nothing at all is to be said.</summary>
    public bool IsSuccess => Value == 0;

    /// <summary>A status without details.</summary>
    /// <param name="code">The code.</param>
    /// <param name="details">Bits 31:0.</param>
    public static TdxStatus Of(TdxStatusCode code, uint details = 0) => new(((ulong)code << 32) | details);

    /// <summary>A status about an operand.</summary>
    /// <param name="code">The code.</param>
    /// <param name="operand">The operand.</param>
    public static TdxStatus Of(TdxStatusCode code, TdxOperand operand) => Of(code, (uint)operand);

    /// <summary>Core's outcome with this status as its code.</summary>
    /// <param name="decidedBy">The rule that decided.</param>
    public Outcome ToOutcome(Rule? decidedBy) => new(Lane.Status, Value, 0, decidedBy);

    /// <summary>The status in an outcome's code.</summary>
    /// <param name="outcome">The outcome.</param>
    public static TdxStatus Of(in Outcome outcome) => new(outcome.Code);

    /// <summary>"TlbTrackingNotDone 1 (0xc0000b0800000001)".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Code} {Details} (0x{Value:x16})");
}
