namespace GuestMemory.Tdx;

/// <summary>The machine every case of the recordings began on. Source: tdx-recordings, README.</summary>
internal static class RecordedMachine
{
    private const ulong Gibibyte = 1UL << 30;

    /// <summary>The platform with a version of the module: plain memory in two TDMRs, one with a reserved area.</summary>
    public static TdxPlatform With(TdxModuleVersion version) => new(
        new Tdmr(new(0x4000_0000), Gibibyte) { ReservedAreas = [new(new Spa(0x5000_0000).Frame, 0x100)] },
        new Tdmr(new(0x1_0000_0000), Gibibyte))
    {
        Integrity = MemoryIntegrity.None,
        Version = version,
    };
}
