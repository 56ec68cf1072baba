namespace GuestMemory;

/// <summary>What a backing store allows, each property apart from the others.</summary>
/// <param name="HostMappable">Processes may map it.</param>
/// <param name="Movable">Its pages may move to other frames.</param>
/// <param name="Swappable">Its pages may be written out.</param>
/// <param name="DirectMapped">The kernel's direct map keeps its frames while they are in the store.</param>
/// <param name="LargestOrder">Largest run it takes at once, as an order: 0, 9 or 18. Above 0 is not mainline for guest_memfd.</param>
/// <param name="Divisible">Whether a large page may be given back in parts.</param>
/// <param name="SingleSided">One frame stands behind shared and private use (in place); otherwise the store is one side of two.</param>
public readonly record struct BackingProperties(
    bool HostMappable, bool Movable, bool Swappable, bool DirectMapped, int LargestOrder, bool Divisible, bool SingleSided)
{
    /// <summary>Anonymous process memory.</summary>
    public static BackingProperties Anonymous { get; } = new(true, true, true, true, 0, true, false);

    /// <summary>An ordinary memfd (shmem).</summary>
    public static BackingProperties Memfd { get; } = new(true, true, true, true, 0, true, false);

    /// <summary>guest_memfd without mapping: unmovable, unswappable, order 0.</summary>
    public static BackingProperties GuestMemfd { get; } = new(false, false, false, true, 0, true, false);

    /// <summary>guest_memfd that processes may map: one frame for both sides.</summary>
    public static BackingProperties MappableGuestMemfd { get; } = GuestMemfd with { HostMappable = true, SingleSided = true };

    /// <summary>restrictedmem: inaccessible to processes, but movable when its users consent.</summary>
    public static BackingProperties Restrictedmem { get; } = new(false, true, false, true, 0, true, false);

    /// <summary>hugetlbfs with 2 MiB pages: what is large stays large.</summary>
    public static BackingProperties Hugetlb2M { get; } = new(true, true, false, true, 9, false, false);

    /// <summary>hugetlbfs with 1 GiB pages.</summary>
    public static BackingProperties Hugetlb1G { get; } = Hugetlb2M with { LargestOrder = 18 };

    /// <summary>secretmem: mapped by its process, out of the direct map, never moved.</summary>
    public static BackingProperties Secretmem { get; } = new(true, false, false, false, 0, true, false);

    /// <summary>The properties that hold, in words.</summary>
    public override string ToString() =>
        $"{(HostMappable ? "host-mappable " : "")}{(Movable ? "movable " : "")}{(Swappable ? "swappable " : "")}"
        + $"{(DirectMapped ? "direct-mapped " : "")}{(Divisible ? "divisible " : "")}{(SingleSided ? "in place " : "")}order {LargestOrder}";
}
