using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Rmp.Tests.Host;

/// <summary>One random step over the kernel's face: plain values, whatever the world is like when it is made.</summary>
/// <param name="Call">What is done.</param>
/// <param name="Vm">By or to which VM: two with SEV-SNP, then one that software protects.</param>
/// <param name="Page">Which page of the slot.</param>
/// <param name="Count">How many pages, 1 to 4.</param>
/// <param name="Bits">The call's choices.</param>
internal readonly record struct HostStep(HostCall Call, int Vm, int Page, int Count, int Bits)
{
    private static readonly HostCall[] s_often =
    [
        .. Enum.GetValues<HostCall>(), HostCall.Load, HostCall.Load, HostCall.Load, HostCall.Store, HostCall.Store, HostCall.Store, HostCall.Store, HostCall.Validate,
        HostCall.Validate, HostCall.Validate, HostCall.Convert, HostCall.Convert, HostCall.Convert, HostCall.Punch, HostCall.Punch, HostCall.Launch, HostCall.Launch,
        HostCall.Launch, HostCall.Recreate, HostCall.EndChange, HostCall.EndChange, HostCall.AnswerPageStates, HostCall.AnswerPageStates, HostCall.AskPageStates, HostCall.CreateSlot,
    ];

    private static readonly HostCall[] s_races =
    [
        HostCall.BeginChange, HostCall.BeginChange, HostCall.EndChange, HostCall.Punch, HostCall.Punch, HostCall.Load, HostCall.Store, HostCall.Store, HostCall.Validate,
        HostCall.Validate, HostCall.Convert, HostCall.Smash, HostCall.Smash, HostCall.PoisonPrivate, HostCall.CloseFile, HostCall.Recreate, HostCall.Launch, HostCall.Discard,
    ];

    /// <summary>Everything.</summary>
    public static Gen<HostStep> Any { get; } = Of(s_often);

    /// <summary>Guests that use pages while other processors have their entries and files free them.</summary>
    public static Gen<HostStep> Racing { get; } = Of(s_races);

    public bool IsLarge => (Bits & 0x3000) == 0;

    /// <summary>The C-bit of a guest's access; mostly set, sometimes left to the attribute.</summary>
    public bool? AsksPrivate => (Bits & 7) switch { 0 => false, 1 => null, _ => true };

    public bool Bit(int number) => (Bits & (1 << number)) != 0;

    public override string ToString() => $"new({nameof(HostCall)}.{Call}, {Vm}, {Page}, {Count}, 0x{Bits:x})";

    private static Gen<HostStep> Of(HostCall[] calls) =>
        from call in Gen.Elements(calls)
        from vm in Gen.Elements(0, 0, 0, 1, 1, 2)
        from page in Gen.Choose(0, 5)
        from count in Gen.Choose(1, 4)
        from bits in Gen.Choose(0, 0xffff)
        select new HostStep(call, vm, page, count, bits);
}
