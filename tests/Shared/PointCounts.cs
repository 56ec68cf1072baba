using GuestMemory.Testing;

namespace GuestMemory.Tests;

/// <summary>How many points of each kind an operation passes when nothing fails, in a few letters.</summary>
internal static class PointCounts
{
    /// <summary>"name: 4 S, 4 F".</summary>
    public static string Of<TSystem>(InjectedOperation<TSystem> operation)
    {
        var points = InjectionSweep.Run(operation with { Lengths = [] }).Points;
        return $"{operation.Name}: {(points.Count == 0 ? "none" : string.Join(", ", points.CountBy(LetterOf).Select(pair => $"{pair.Value} {pair.Key}")))}";
    }

    private static string LetterOf(InjectionPoint point) => point switch
    {
        InjectionPoint.FrameAllocation => "F",
        InjectionPoint.KernelAllocation => "M",
        InjectionPoint.Signal => "S",
        InjectionPoint.HardwareBusy => "B",
        InjectionPoint.Interrupt => "I",
        _ => "C",
    };
}
