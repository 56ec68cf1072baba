using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Rmp.Tests.Sequences;

/// <summary>One random step: plain values, whatever the world is like when it is made.</summary>
/// <param name="Call">What it does.</param>
/// <param name="Vcpu">Which vCPU: guest A's at levels 0 and 1, then guest B's.</param>
/// <param name="Page">Which frame of the world.</param>
/// <param name="Address">Which guest address of the world.</param>
/// <param name="Bits">The call's choices.</param>
internal readonly record struct SnpStep(SnpCall Call, int Vcpu, int Page, int Address, int Bits)
{
    private static readonly SnpCall[] s_often =
    [
        SnpCall.Give, SnpCall.Give, SnpCall.Give, SnpCall.Validate, SnpCall.Validate, SnpCall.Validate, SnpCall.Write, SnpCall.Write, SnpCall.Read, SnpCall.Read,
        SnpCall.Map, SnpCall.RmpUpdate, SnpCall.RmpAdjust, SnpCall.EndChange, SnpCall.EndChange, SnpCall.EndChange, SnpCall.Vmexit,
    ];

    private static readonly SnpCall[] s_swaps =
    [
        .. s_often, SnpCall.Freeze, SnpCall.Freeze, SnpCall.Freeze, SnpCall.Freeze, SnpCall.SwapOut, SnpCall.SwapOut, SnpCall.SwapOut, SnpCall.SwapOut, SnpCall.SwapOut,
        SnpCall.SwapIn, SnpCall.SwapIn, SnpCall.SwapIn, SnpCall.SwapIn, SnpCall.SwapIn, SnpCall.LaunchUpdate, SnpCall.LaunchUpdate, SnpCall.Reclaim, SnpCall.Reclaim, SnpCall.Move, SnpCall.Move,
    ];

    /// <summary>What host and guests do without the firmware.</summary>
    public static Gen<SnpStep> Any { get; } = Of([.. Enum.GetValues<SnpCall>().Where(call => call is < SnpCall.Freeze or > SnpCall.Flush), .. s_often]);

    /// <summary>Everything.</summary>
    public static Gen<SnpStep> WithFirmware { get; } = Of([.. Enum.GetValues<SnpCall>(), .. s_swaps]);

    /// <summary>A host that moves one guest address between frames, and the guest that uses it.</summary>
    public static Gen<SnpStep> Remapping { get; } =
        Of(SnpCall.Give, SnpCall.Map, SnpCall.Map, SnpCall.Take, SnpCall.Validate, SnpCall.Validate, SnpCall.Invalidate, SnpCall.Write, SnpCall.Write, SnpCall.Read, SnpCall.Read, SnpCall.HostWrite)
            .Select(step => step with { Vcpu = 0, Address = 2, Page = step.Page % 2 == 0 ? 2 : 5, Bits = step.Bits | 0x1110 });

    /// <summary>What guests do by themselves.</summary>
    public static Gen<SnpStep> OfGuests { get; } =
        Of(SnpCall.Validate, SnpCall.Validate, SnpCall.Invalidate, SnpCall.RmpAdjust, SnpCall.RmpQuery, SnpCall.Write, SnpCall.Read, SnpCall.Fetch, SnpCall.SharedWrite, SnpCall.SharedRead);

    public bool IsLarge => (Bits & 0x3000) == 0;

    public override string ToString() => $"{Call} vcpu {Vcpu} page {Page} address {Address} bits 0x{Bits:x}";

    private static Gen<SnpStep> Of(params SnpCall[] calls) =>
        from call in Gen.Elements(calls)
        from vcpu in Gen.Elements(0, 0, 0, 0, 0, 1, 1, 2, 3)
        from page in Gen.Choose(0, SnpSequence.Pages.Count - 1)
        from address in Gen.Elements(0, 1, 2, 2, 2, 3, 4)
        from bits in Gen.Choose(0, 0xffff)
        select new SnpStep(call, vcpu, page, address, bits);
}
