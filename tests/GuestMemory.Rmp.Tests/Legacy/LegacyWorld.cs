using Xunit;

namespace GuestMemory.Rmp.Tests.Legacy;

/// <summary>A machine without the RMP, its firmware, and a guest at ASID 5 whose address G[i] leads to H[i].</summary>
internal sealed class LegacyWorld
{
    public LegacyWorld(bool hasDirtyCache = false, RuleSwitches? rules = null)
    {
        Platform = new(RmpCoverage.AtEndOf(new(default, SnpWorld.Frames)), rules: rules) { IsOn = SevProfile.Sev.HasRmp };
        Cache = hasDirtyCache ? new(Platform.Contents) : null;
        Firmware = new(Platform, Cache);
        Handle = Firmware.Launch();
        Assert.Equal(default, Firmware.Activate(Handle, SnpWorld.A));
        Guest = new(Platform, SnpWorld.A, Nested, new() { Profile = SevProfile.Sev, Cache = Cache });
        for (var page = 0UL; page < 16; page++)
        {
            Map(SnpWorld.G(page), SnpWorld.H(page));
        }
    }

    public SnpPlatform Platform { get; }

    public DirtyCache? Cache { get; }

    public LegacyFirmware Firmware { get; }

    public uint Handle { get; }

    public NestedMap Nested { get; } = new();

    public NaiveGuest Guest { get; }

    public void Map(Gpa gpa, Pfn frame) => Nested.Map(gpa.Frame, new(frame, PageSize.Size4K));

    public ulong HostRead(Pfn frame) => Platform.Contents.Read(frame.Address, 8);

    public void HostWrite(Pfn frame, ulong value) =>
        Assert.True(Platform.Write(RmpAccess.Host(AccessKind.Write, frame), 0, 8, value).IsAllowed);
}
