namespace GuestMemory.Tests;

/// <summary>Every named combination of store properties, large ones included.</summary>
internal static class BackingKinds
{
    public static (string Name, BackingProperties Properties)[] All { get; } =
    [
        ("anonymous", BackingProperties.Anonymous),
        ("memfd", BackingProperties.Memfd),
        ("guest_memfd", BackingProperties.GuestMemfd),
        ("mappable guest_memfd", BackingProperties.MappableGuestMemfd),
        ("restrictedmem", BackingProperties.Restrictedmem),
        ("hugetlb 2M", BackingProperties.Hugetlb2M),
        ("hugetlb 1G", BackingProperties.Hugetlb1G),
        ("secretmem", BackingProperties.Secretmem),
        ("guest_memfd with 2M pages", BackingProperties.GuestMemfd with { LargestOrder = 9 }),
        ("guest_memfd with 1G pages", BackingProperties.GuestMemfd with { LargestOrder = 18 }),
    ];
}
