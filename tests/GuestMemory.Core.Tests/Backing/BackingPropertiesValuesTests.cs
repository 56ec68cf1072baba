using Xunit;

namespace GuestMemory.Tests;

/// <summary>What each named kind of store is, property by property. Sources: systems.md 1.1; guest-memfd; guest-memfd-rfc.</summary>
public sealed class BackingPropertiesValuesTests
{
    private static readonly Dictionary<string, (BackingProperties Named, BackingProperties Meant, string Words)> s_kinds = new()
    {
        ["anonymous"] = (BackingProperties.Anonymous, Meant("HMSD/"), "host-mappable movable swappable direct-mapped divisible order 0"),
        ["memfd"] = (BackingProperties.Memfd, Meant("HMSD/"), "host-mappable movable swappable direct-mapped divisible order 0"),
        ["guest_memfd"] = (BackingProperties.GuestMemfd, Meant("D/"), "direct-mapped divisible order 0"),
        ["in place"] = (BackingProperties.MappableGuestMemfd, Meant("HD/1"), "host-mappable direct-mapped divisible in place order 0"),
        ["restrictedmem"] = (BackingProperties.Restrictedmem, Meant("MD/"), "movable direct-mapped divisible order 0"),
        ["hugetlb 2M"] = (BackingProperties.Hugetlb2M, Meant("HMD", order: 9), "host-mappable movable direct-mapped order 9"),
        ["hugetlb 1G"] = (BackingProperties.Hugetlb1G, Meant("HMD", order: 18), "host-mappable movable direct-mapped order 18"),
        ["secretmem"] = (BackingProperties.Secretmem, Meant("H/"), "host-mappable divisible order 0"),
    };

    public static TheoryData<string> Kinds => [.. s_kinds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_kind_has_its_properties_and_its_words(string kind)
    {
        var (named, meant, words) = s_kinds[kind];

        Assert.Equal(meant, named);
        Assert.Equal(words, named.ToString());
    }

    // Host-mappable, movable, swappable, direct-mapped, divisible (/), single-sided (1).
    private static BackingProperties Meant(string letters, int order = 0)
    {
        return new(Has('H'), Has('M'), Has('S'), Has('D'), order, Has('/'), Has('1'));
        bool Has(char letter) => letters.Contains(letter, StringComparison.Ordinal);
    }
}
