namespace GuestMemory;

/// <summary>An invalidation a process's notifier began on a VM and has not ended.</summary>
/// <param name="Process">The process, by its number.</param>
/// <param name="Pages">Its pages.</param>
internal readonly record struct OpenGuestInvalidation(int Process, PageIndexRange Pages);
