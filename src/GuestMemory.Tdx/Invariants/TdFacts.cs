namespace GuestMemory.Tdx;

/// <summary>What a TD's control structures say, without its tree.</summary>
internal readonly record struct TdFacts(
    Pfn Tdr, Hkid Hkid, TdLifecycle Lifecycle, bool IsFatal, ulong ChildCount, uint ConfiguredPackages, int ControlPages, TdxOpState OpState, ulong Epoch,
    uint EvenReferences, uint OddReferences, ulong Measurement, ulong WriteBlockEpoch, uint MigratedCount, uint DirtyCount, uint MigrationEpoch, uint ExportCount)
{
    /// <summary>Whether its memory functions work and its pages are all in place.</summary>
    public bool IsAlive => Lifecycle != TdLifecycle.Teardown;

    public static TdFacts Of(Td td) => new(
        td.Tdr, td.Hkid, td.Lifecycle, td.IsFatal, td.ChildCount, td.ConfiguredPackages, td.ControlPages.Count, td.OpState, td.Epoch,
        td.EvenReferences, td.OddReferences, td.Measurement, td.WriteBlockEpoch, td.MigratedCount, td.DirtyCount, td.MigrationEpoch, td.ExportCount);

    /// <summary>tdx.md 5.1, from what was remembered.</summary>
    public bool IsTracked(ulong epoch) => (epoch >> 63) == 0
        && (epoch + 1 == Epoch ? ((epoch & 1) == 0 ? EvenReferences : OddReferences) == 0 : epoch + 1 < Epoch);

    public override string ToString() => $"TD {Tdr}";
}
