using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Tests;

/// <summary>One random operation of Core, over whatever the machine has then.</summary>
internal readonly record struct CoreStep(CoreCall Call, ulong Page, ulong Count, ulong Value)
{
    public const ulong Pages = 12;

    private static readonly CoreCall[] s_often = [CoreCall.GuestRead, CoreCall.GuestWrite, CoreCall.Convert, CoreCall.HostStore, CoreCall.GuestWrite, CoreCall.Convert];

    public static Gen<CoreStep> Any { get; } =
        from call in Gen.Elements([.. Enum.GetValues<CoreCall>(), .. s_often])
        from page in Sequences.Below(Pages)
        from count in Gen.Choose(1, 4)
        from value in Gen.Choose(1, 1000)
        select new CoreStep(call, page, Math.Min((ulong)count, Pages - page), (ulong)value);

    public PageKind Kind => Value % 2 == 0 ? PageKind.Private : PageKind.Shared;
}
