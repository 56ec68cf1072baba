namespace GuestMemory.Benchmarks;

/// <summary>How far pages are on their round.</summary>
internal enum PagePhase
{
    Free,
    Pending,
    Accepted,
    Blocked,
    Tracked,
}
