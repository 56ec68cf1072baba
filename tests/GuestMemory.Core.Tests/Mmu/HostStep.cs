using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Tests;

/// <summary>One random thing a process or its guest does with the process's memory.</summary>
internal readonly record struct HostStep(HostCall Call, ulong Page, ulong Count, ulong Value, HostRights Rights)
{
    public const ulong Pages = 8;

    public static Gen<HostStep> Any { get; } =
        from call in Gen.Elements(
            HostCall.Load, HostCall.Load, HostCall.Store, HostCall.Store, HostCall.GuestRead, HostCall.GuestRead, HostCall.GuestWrite, HostCall.GuestWrite,
            HostCall.MapAnonymous, HostCall.MapMemfd, HostCall.Unmap, HostCall.Discard, HostCall.Protect, HostCall.PunchMemfd)
        from page in Sequences.Below(Pages)
        from count in Gen.Choose(1, 4)
        from value in Gen.Choose(1, 1000)
        from rights in Gen.Elements(HostRights.None, HostRights.Read, HostRights.Read | HostRights.Write, HostRights.Read | HostRights.Write)
        select new HostStep(call, page, Math.Min((ulong)count, Pages - page), (ulong)value, rights);
}
