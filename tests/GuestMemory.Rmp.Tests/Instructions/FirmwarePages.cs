namespace GuestMemory.Rmp.Tests.Instructions;

/// <summary>Entries that no instruction makes.</summary>
internal static class FirmwarePages
{
    public static RmpEntry Fixed { get; } = new() { Immutable = true };

    public static RmpEntry Context { get; } = new() { Assigned = true, Immutable = true, Vmsa = true };

    /// <summary>Of the guest whose context page is Y[100].</summary>
    public static RmpEntry Metadata { get; } = new() { Assigned = true, Immutable = true, Gpa = new(SnpWorld.Y(100).Address.Value) };
}
