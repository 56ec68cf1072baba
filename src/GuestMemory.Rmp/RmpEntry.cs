namespace GuestMemory.Rmp;

/// <summary>One entry of the Reverse Map Table: the fields hardware stores, and the state they make. The default is a page of the hypervisor's.</summary>
/// <remarks>
/// 16 bytes, a layout of this library's own (the processor's is model-specific). Equality is by every field. Source: apm2, table 15-36.
/// </remarks>
public readonly record struct RmpEntry
{
    internal const ulong AssignedBit = 1;
    internal const ulong SizeBit = 2;
    internal const ulong ImmutableBit = 4;
    internal const ulong VmsaBit = 8;
    internal const ulong ValidatedBit = 16;
    internal const ulong IommuBit = 32;
    internal const ulong FlagBits = 0xfff;

    private readonly ulong _low;
    private readonly ulong _high;

    internal RmpEntry(ulong low, ulong high)
    {
        _low = low;
        _high = high;
    }

    /// <summary>Whether the page is a guest's or the firmware's.</summary>
    public bool Assigned
    {
        get => (_low & AssignedBit) != 0;
        init => _low = With(_low, AssignedBit, value);
    }

    /// <summary>The entry's own size field: 4K or 2M.</summary>
    /// <exception cref="ArgumentException">Any other size; the table has no 1G.</exception>
    public PageSize Size
    {
        get => (_low & SizeBit) != 0 ? PageSize.Size2M : PageSize.Size4K;
        init => _low = value is PageSize.Size4K or PageSize.Size2M
            ? With(_low, SizeBit, value == PageSize.Size2M)
            : throw new ArgumentException($"An RMP entry is 4K or 2M, not {value}.", nameof(value));
    }

    /// <summary>Whether only the firmware may change the entry.</summary>
    public bool Immutable
    {
        get => (_low & ImmutableBit) != 0;
        init => _low = With(_low, ImmutableBit, value);
    }

    /// <summary>Whether the page may be a vCPU's save area.</summary>
    public bool Vmsa
    {
        get => (_low & VmsaBit) != 0;
        init => _low = With(_low, VmsaBit, value);
    }

    /// <summary>Whether the guest accepted the page.</summary>
    public bool Validated
    {
        get => (_low & ValidatedBit) != 0;
        init => _low = With(_low, ValidatedBit, value);
    }

    /// <summary>Whether the page is an IOMMU buffer; how hardware encodes that is not published (docs/model-boundary.md, MB-40).</summary>
    public bool IommuBuffer
    {
        get => (_low & IommuBit) != 0;
        init => _low = With(_low, IommuBit, value);
    }

    /// <summary>The guest address bound to the page; for a metadata page the address of its owner's context page.</summary>
    /// <exception cref="ArgumentException">The address is not that of a page.</exception>
    public Gpa Gpa
    {
        get => new(_low & ~FlagBits);
        init => _low = (value.Value & FlagBits) == 0
            ? (_low & FlagBits) | value.Value
            : throw new ArgumentException($"{value} is not the address of a page.", nameof(value));
    }

    /// <summary>The owning guest.</summary>
    public Asid Asid
    {
        get => new(unchecked((uint)_high));
        init => _high = (_high & ~(ulong)uint.MaxValue) | value.Value;
    }

    /// <summary>The four levels' masks, VMPL 0 in the lowest byte.</summary>
    public uint Permissions
    {
        get => unchecked((uint)(_high >> 32));
        init => _high = (_high & uint.MaxValue) | ((ulong)value << 32);
    }

    /// <summary>What the fields make the page.</summary>
    public RmpPageState State => (Assigned, Validated, Asid.IsGuest, Immutable) switch
    {
#pragma warning disable format // one aligned table
        // assigned validated guest  immutable   snp-abi, 5.3 table 11
        (   false,   false,    false, false) => RmpPageState.Hypervisor,
        (   false,   false,    false, true ) => RmpPageState.HvFixed,
        (   true,    false,    false, false) => RmpPageState.Reclaim,
        (   true,    false,    true,  true ) => RmpPageState.PreGuest,
        (   true,    true,     true,  true ) => RmpPageState.PreSwap,
        (   true,    false,    true,  false) => RmpPageState.GuestInvalid,
        (   true,    true,     true,  false) => RmpPageState.GuestValid,
        (   true,    false,    false, true ) => FirmwareState,
        _                                    => RmpPageState.Invalid,
    };
#pragma warning restore format

    internal ulong Low => _low;

    internal ulong High => _high;

    // The fields of the owner's side only: assigned, size, GPA, ASID.
    internal bool SamePlaceAs(in RmpEntry other)
    {
        const ulong place = ~FlagBits | AssignedBit | SizeBit;
        return ((_low ^ other._low) & place) == 0 && unchecked((uint)_high == (uint)other._high);
    }

    // An address of 0 is no context page's: frame 0 is the kernel's zero page.
    private RmpPageState FirmwareState => (Gpa.Value != 0, Vmsa, IommuBuffer) switch
    {
        (true, _, _) => RmpPageState.Metadata,
        (false, true, _) => RmpPageState.Context,
        (false, false, true) => RmpPageState.IommuBuffer,
        (false, false, false) => RmpPageState.Firmware,
    };

    // As RMPUPDATE makes it: VMPL 0 may do everything, the others nothing. With ASID 0 there is no guest address.
    internal static RmpEntry Fresh(Asid asid, ulong guestAddress, bool isLarge, bool immutable)
    {
        var low = AssignedBit | (isLarge ? SizeBit : 0) | (immutable ? ImmutableBit : 0) | (asid.IsGuest ? guestAddress & ~FlagBits : 0);
        return new(low, asid.Value | ((ulong)VmplPermissions.All << 32));
    }

    /// <summary>One level's mask.</summary>
    /// <param name="vmpl">The level.</param>
    public VmplPermissions PermissionsOf(Vmpl vmpl) => (VmplPermissions)unchecked((byte)(Permissions >> (vmpl.Value * 8)));

    /// <summary>The entry with one level's mask replaced.</summary>
    /// <param name="vmpl">The level.</param>
    /// <param name="permissions">Its mask.</param>
    public RmpEntry WithPermissions(Vmpl vmpl, VmplPermissions permissions)
    {
        var shift = vmpl.Value * 8;
        return this with { Permissions = (Permissions & ~(0xffu << shift)) | ((uint)permissions << shift) };
    }

    /// <summary>State, owner, guest address and size.</summary>
    public override string ToString() =>
        $"{State} {Size}{(Asid.IsGuest ? $" {Asid}" : "")}{(Gpa.Value != 0 || Asid.IsGuest ? $" at {Gpa}" : "")}{(Vmsa ? " VMSA" : "")}";

    /// <summary>The same page some frames further into a large one. What is no guest's has no address there to go on from: a number in its place would make a metadata page.</summary>
    internal RmpEntry Advanced(ulong frames) => frames == 0 || unchecked((uint)_high) == 0 ? this : new(unchecked(_low + (frames << 12)), _high);

    private static ulong With(ulong word, ulong bit, bool value) => value ? word | bit : word & ~bit;
}
