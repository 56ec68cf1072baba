namespace GuestMemory;

/// <summary>An invalidation a process's notifier began on a VM and has not ended.</summary>
/// <param name="Process">The process, by its number.</param>
/// <param name="Pages">Its pages.</param>
internal readonly record struct OpenGuestInvalidation(int Process, PageIndexRange Pages)
{
    public bool ComesBefore(OpenGuestInvalidation other) =>
        (Process, Pages.Start.Value, Pages.End.Value).CompareTo((other.Process, other.Pages.Start.Value, other.Pages.End.Value)) < 0;
}
