namespace GuestMemory.Rmp;

/// <summary>What a check answers when it refuses: a status, or a fault with its bits. Its address comes from the call.</summary>
/// <param name="Status">The status in EAX; meaningless with a fault.</param>
/// <param name="Fault">The fault; none for a status.</param>
/// <param name="Bits">Bits of the fault's code that this check sets.</param>
/// <param name="Carry">The carry flag: nothing was changed.</param>
public readonly record struct RmpAnswer(RmpStatus Status, RmpFaultKind Fault = RmpFaultKind.None, ulong Bits = 0, bool Carry = false)
{
    /// <summary>#UD.</summary>
    public static RmpAnswer UndefinedOpcode { get; } = new(default, RmpFaultKind.UndefinedOpcode);

    /// <summary>#GP(0).</summary>
    public static RmpAnswer GeneralProtection { get; } = new(default, RmpFaultKind.GeneralProtection);

    /// <summary>The guest's own #PF.</summary>
    public static RmpAnswer GuestPageFault { get; } = new(default, RmpFaultKind.PageFault);

    /// <summary>An ordinary #NPF of the nested walk.</summary>
    public static RmpAnswer NestedFault { get; } = new(default, RmpFaultKind.NestedPageFault);

    /// <summary>#VC: the page is not validated.</summary>
    public static RmpAnswer NotValidated { get; } = new(default, RmpFaultKind.VmmCommunication, FaultBits.NotValidated);

    /// <summary>VMEXIT_INVALID.</summary>
    public static RmpAnswer InvalidVmexit { get; } = new(default, RmpFaultKind.InvalidVmexit);

    /// <summary>A status.</summary>
    /// <param name="status">The status.</param>
    public static RmpAnswer Of(RmpStatus status) => new(status);

    /// <summary>#NPF for a failed RMP check.</summary>
    /// <param name="bits">Bits beside RMP.</param>
    public static RmpAnswer RmpFaulted(ulong bits) => new(default, RmpFaultKind.NestedPageFault, FaultBits.Rmp | bits);

    /// <summary>Status or fault.</summary>
    public override string ToString() => Fault == RmpFaultKind.None ? $"{Status}{(Carry ? ", carry" : "")}" : $"{Fault} 0x{Bits:x}";
}
