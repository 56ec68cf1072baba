namespace GuestMemory.Tdx;

/// <summary>The checks of a guest's MapGPA, in order. Source: linux-kvm-tdx, MapGPA.</summary>
public static class MapGpaChecks
{
    private const string Source = "linux-kvm-tdx, MapGPA";

    /// <summary>The checks.</summary>
    public static RuleTable<MapGpaCall, VmcallStatus> Checks { get; } = new(
        new("MAPGPA/range", Source, "a range that ends before it starts, or lies on both sides of the SHARED bit", IsRangeWrong, VmcallStatus.InvalidOperand),
        new Check<MapGpaCall, VmcallStatus>("MAPGPA/align", Source, "a part of a page", IsUnaligned, VmcallStatus.AlignError));

    private static bool IsRangeWrong(ref MapGpaCall call)
    {
        var last = unchecked(call.Gpa + call.Size - 1);
        var width = call.IsWide ? 52 : 48;
        return last < call.Gpa || call.Size == 0 || last >> width != 0 || ((call.Gpa ^ last) >> (width - 1)) != 0;
    }

    private static bool IsUnaligned(ref MapGpaCall call) => (call.Gpa | call.Size) % 4096 != 0;
}
