namespace GuestMemory.Rmp;

/// <summary>Entries the firmware writes from nothing.</summary>
internal static class FirmwareEntries
{
    public static RmpEntry Firmware { get; } = new() { Assigned = true, Immutable = true };

    public static RmpEntry Context { get; } = Firmware with { Vmsa = true };

    public static RmpEntry HvFixed { get; } = new() { Immutable = true };

    public static RmpEntry IommuBuffer { get; } = Firmware with { IommuBuffer = true };

    public static RmpEntry Reclaim { get; } = new() { Assigned = true };

    public static RmpEntry MetadataOf(Spa context) => Firmware with { Gpa = new(context.Value & ~0xfffUL) };
}
