using System.Globalization;

namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>Answers in the manuals' words.</summary>
internal static class AnswerText
{
    private static readonly (ulong Bit, string Name)[] s_bits =
    [
        (FaultBits.Rmp, "RMP"), (FaultBits.Encrypted, "ENC"), (FaultBits.SizeMismatch, "SIZEM"), (FaultBits.Vmpl, "VMPL"),
    ];

    public static string Of<TAnswer>(string call, TAnswer answer) => answer switch
    {
        RmpAnswer { Fault: RmpFaultKind.None } status => $"{Of(call, status.Status)}{(status.Carry ? ", CF=1" : "")}",
        RmpAnswer fault => Of(fault),
        SevStatus status => string.Create(CultureInfo.InvariantCulture, $"{(uint)status:X2}h {status}"),
        Errno errno => errno.ToString(),
        ulong exitInfo => string.Create(CultureInfo.InvariantCulture, $"EXITINFO2 {exitInfo >> 32:x}/{exitInfo & uint.MaxValue:x}"),
        _ => throw new ArgumentException($"{answer} has no words here.", nameof(answer)),
    };

    // 4 has two names.
    private static string Of(string call, RmpStatus status) => string.Create(CultureInfo.InvariantCulture, $"{(uint)status} {status switch
    {
        RmpStatus.Success => "SUCCESS",
        RmpStatus.FailInput => "FAIL_INPUT",
        RmpStatus.FailPermission => "FAIL_PERMISSION",
        RmpStatus.FailInUse => "FAIL_INUSE",
        RmpStatus.FailBadAddress when call == "PSMASH" => "FAIL_BADADDR",
        RmpStatus.FailOverlap => "FAIL_OVERLAP",
        RmpStatus.FailSizeMismatch => "FAIL_SIZEMISMATCH",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "The status has no name here."),
    }}");

    private static string Of(in RmpAnswer fault) => fault.Fault switch
    {
        RmpFaultKind.UndefinedOpcode => "#UD",
        RmpFaultKind.GeneralProtection => "#GP(0)",
        RmpFaultKind.PageFault => $"#PF{Bits(fault.Bits)}",
        RmpFaultKind.NestedPageFault => $"#NPF{Bits(fault.Bits)}",
        RmpFaultKind.VmmCommunication => $"#VC 0x{fault.Bits:x}",
        RmpFaultKind.InvalidVmexit => "VMEXIT_INVALID",
        RmpFaultKind.IommuEvent => $"IOMMU event 0x{fault.Bits:x}",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "The fault has no name here."),
    };

    private static string Bits(ulong bits) => string.Concat(s_bits.Where(bit => (bits & bit.Bit) != 0).Select(bit => $" {bit.Name}"));
}
