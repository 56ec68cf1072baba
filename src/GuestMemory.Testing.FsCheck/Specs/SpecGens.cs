using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Testing;

/// <summary>What the commands of all specs are drawn from.</summary>
internal static class SpecGens
{
    /// <summary>Either kind.</summary>
    public static Gen<PageKind> Kind { get; } = Gen.Elements(PageKind.Shared, PageKind.Private);

    /// <summary>One kind or both.</summary>
    public static Gen<KindFilter> Kinds { get; } = Gen.Elements(KindFilter.Shared, KindFilter.Private, KindFilter.Both);

    /// <summary>Either way.</summary>
    public static Gen<bool> Flag { get; } = Gen.Elements(false, true);

    /// <summary>A small number, both ends included.</summary>
    public static Gen<ulong> Number(int least, int most) => Gen.Choose(least, most).Select(static value => (ulong)value);
}
