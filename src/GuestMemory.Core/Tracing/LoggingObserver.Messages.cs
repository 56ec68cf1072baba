using Microsoft.Extensions.Logging;

namespace GuestMemory;

/// <content>The messages, one a kind of step.</content>
public sealed partial class LoggingObserver
{
    private static void Write(ILogger logger, LogLevel level, in StepEvent step)
    {
        switch (step.Kind)
        {
            case StepKind.InvalidationBegan:
                LogInvalidationBegan(logger, level, step.Guest, step.Start, step.Count);
                break;
            case StepKind.Zapped:
                LogZapped(logger, level, step.Guest, step.Start, step.Count, step.Detail, step.Outcome);
                break;
            case StepKind.InvalidationEnded:
                LogInvalidationEnded(logger, level, step.Guest, step.Start, step.Count);
                break;
            case StepKind.AttributesStored:
                LogAttributesStored(logger, level, step.Guest, step.Start, step.Count, step.Detail);
                break;
            case StepKind.SlotAdded:
                LogSlotAdded(logger, level, step.Guest, step.Start, step.Count, step.Detail);
                break;
            case StepKind.SlotRemoved:
                LogSlotRemoved(logger, level, step.Guest, step.Start, step.Count, step.Detail);
                break;
            case StepKind.SlotMoved:
                LogSlotMoved(logger, level, step.Guest, step.Start, step.Count, step.Detail);
                break;
            case StepKind.FaultSampled:
                LogFaultSampled(logger, level, step.Guest, step.Start, step.Detail);
                break;
            case StepKind.FaultKindChecked:
                LogFaultKindChecked(logger, level, step.Guest, step.Start, step.Detail);
                break;
            case StepKind.FaultPageTaken:
                LogFaultPageTaken(logger, level, step.Guest, step.Start, step.Detail, step.Outcome);
                break;
            case StepKind.FaultPrepared:
                LogFaultPrepared(logger, level, step.Guest, step.Start, step.Detail, step.Outcome);
                break;
            case StepKind.FaultMapped:
                LogFaultMapped(logger, level, step.Guest, step.Start, step.Detail, step.Outcome);
                break;
            case StepKind.PagesFreed:
                LogPagesFreed(logger, level, step.Start, step.Count, step.Detail, step.Outcome);
                break;
            case StepKind.PagePoisoned:
                LogPagePoisoned(logger, level, step.Start, step.Detail, step.Outcome);
                break;
            case StepKind.PageMoved:
                LogPageMoved(logger, level, step.Start, step.Detail, step.Outcome);
                break;
            case StepKind.FileReleased:
                LogFileReleased(logger, level, step.Guest, step.Detail);
                break;
            case StepKind.PagePopulated:
                LogPagePopulated(logger, level, step.Guest, step.Start, step.Detail, step.Outcome);
                break;
            case StepKind.GuestAccess:
                LogGuestAccess(logger, level, step.Guest, step.Start, step.Detail, step.Outcome);
                break;
            case StepKind.CallReturned:
                LogCallReturned(logger, level, step.Start, step.Detail, step.Outcome);
                break;
            case StepKind.HostMapped:
                LogHostMapped(logger, level, step.Start, step.Count, step.Detail);
                break;
            case StepKind.HostAccess:
                LogHostAccess(logger, level, step.Start, step.Count, step.Detail);
                break;
            case StepKind.FramesReturned:
                LogFramesReturned(logger, level, step.Start, step.Count, step.Detail);
                break;
            case StepKind.PageCleared:
                LogPageCleared(logger, level, step.Start, step.Detail);
                break;
            case StepKind.HostUnmapped:
                LogHostUnmapped(logger, level, step.Start, step.Count, step.Detail);
                break;
            case StepKind.FramesLeaked:
                LogFramesLeaked(logger, level, step.Detail, step.Start, step.Count);
                break;
            case StepKind.OwnershipStep:
                LogOwnershipStep(logger, level, step.Detail, step.Start, step.Count, step.Outcome);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step.Kind, "There is no message for this kind of step.");
        }
    }

    [LoggerMessage(EventId = (int)StepKind.InvalidationBegan, EventName = nameof(StepKind.InvalidationBegan), Message = "{Guest}: invalidation of gfn 0x{Start:x}+0x{Count:x} began")]
    private static partial void LogInvalidationBegan(ILogger logger, LogLevel level, GuestId guest, ulong start, ulong count);

    [LoggerMessage(EventId = (int)StepKind.Zapped, EventName = nameof(StepKind.Zapped), Message = "{Guest}: gfn 0x{Start:x}+0x{Count:x} unmapped and flushed, kinds {Detail}: {Outcome}")]
    private static partial void LogZapped(ILogger logger, LogLevel level, GuestId guest, ulong start, ulong count, ulong detail, Outcome outcome);

    [LoggerMessage(EventId = (int)StepKind.InvalidationEnded, EventName = nameof(StepKind.InvalidationEnded), Message = "{Guest}: invalidation of gfn 0x{Start:x}+0x{Count:x} ended")]
    private static partial void LogInvalidationEnded(ILogger logger, LogLevel level, GuestId guest, ulong start, ulong count);

    [LoggerMessage(EventId = (int)StepKind.AttributesStored, EventName = nameof(StepKind.AttributesStored), Message = "{Guest}: gfn 0x{Start:x}+0x{Count:x} has attributes 0x{Detail:x}")]
    private static partial void LogAttributesStored(ILogger logger, LogLevel level, GuestId guest, ulong start, ulong count, ulong detail);

    [LoggerMessage(EventId = (int)StepKind.SlotAdded, EventName = nameof(StepKind.SlotAdded), Message = "{Guest}: slot {Detail} added at gfn 0x{Start:x}+0x{Count:x}")]
    private static partial void LogSlotAdded(ILogger logger, LogLevel level, GuestId guest, ulong start, ulong count, ulong detail);

    [LoggerMessage(EventId = (int)StepKind.SlotRemoved, EventName = nameof(StepKind.SlotRemoved), Message = "{Guest}: slot {Detail} removed from gfn 0x{Start:x}+0x{Count:x}")]
    private static partial void LogSlotRemoved(ILogger logger, LogLevel level, GuestId guest, ulong start, ulong count, ulong detail);

    [LoggerMessage(EventId = (int)StepKind.SlotMoved, EventName = nameof(StepKind.SlotMoved), Message = "{Guest}: slot moved from gfn 0x{Detail:x} to gfn 0x{Start:x}+0x{Count:x}")]
    private static partial void LogSlotMoved(ILogger logger, LogLevel level, GuestId guest, ulong start, ulong count, ulong detail);

    [LoggerMessage(EventId = (int)StepKind.FaultSampled, EventName = nameof(StepKind.FaultSampled), Message = "{Guest}: fault on gfn 0x{Start:x} sampled {Detail}")]
    private static partial void LogFaultSampled(ILogger logger, LogLevel level, GuestId guest, ulong start, ulong detail);

    [LoggerMessage(EventId = (int)StepKind.FaultKindChecked, EventName = nameof(StepKind.FaultKindChecked), Message = "{Guest}: fault on gfn 0x{Start:x} found kind {Detail}")]
    private static partial void LogFaultKindChecked(ILogger logger, LogLevel level, GuestId guest, ulong start, ulong detail);

    [LoggerMessage(EventId = (int)StepKind.FaultPageTaken, EventName = nameof(StepKind.FaultPageTaken), Message = "{Guest}: fault on gfn 0x{Start:x} took pfn 0x{Detail:x}: {Outcome}")]
    private static partial void LogFaultPageTaken(ILogger logger, LogLevel level, GuestId guest, ulong start, ulong detail, Outcome outcome);

    [LoggerMessage(EventId = (int)StepKind.FaultPrepared, EventName = nameof(StepKind.FaultPrepared), Message = "{Guest}: fault on gfn 0x{Start:x} prepared pfn 0x{Detail:x}: {Outcome}")]
    private static partial void LogFaultPrepared(ILogger logger, LogLevel level, GuestId guest, ulong start, ulong detail, Outcome outcome);

    [LoggerMessage(EventId = (int)StepKind.FaultMapped, EventName = nameof(StepKind.FaultMapped), Message = "{Guest}: fault on gfn 0x{Start:x} mapped pfn 0x{Detail:x}: {Outcome}")]
    private static partial void LogFaultMapped(ILogger logger, LogLevel level, GuestId guest, ulong start, ulong detail, Outcome outcome);

    [LoggerMessage(EventId = (int)StepKind.PagesFreed, EventName = nameof(StepKind.PagesFreed), Message = "Store {Detail}: {Count} of the pages from 0x{Start:x} freed: {Outcome}")]
    private static partial void LogPagesFreed(ILogger logger, LogLevel level, ulong start, ulong count, ulong detail, Outcome outcome);

    [LoggerMessage(EventId = (int)StepKind.PagePoisoned, EventName = nameof(StepKind.PagePoisoned), Message = "Store {Detail}: page 0x{Start:x} is broken: {Outcome}")]
    private static partial void LogPagePoisoned(ILogger logger, LogLevel level, ulong start, ulong detail, Outcome outcome);

    [LoggerMessage(EventId = (int)StepKind.PageMoved, EventName = nameof(StepKind.PageMoved), Message = "Store {Detail}: page 0x{Start:x} moved: {Outcome}")]
    private static partial void LogPageMoved(ILogger logger, LogLevel level, ulong start, ulong detail, Outcome outcome);

    [LoggerMessage(EventId = (int)StepKind.FileReleased, EventName = nameof(StepKind.FileReleased), Message = "{Guest}: file {Detail} released")]
    private static partial void LogFileReleased(ILogger logger, LogLevel level, GuestId guest, ulong detail);

    [LoggerMessage(EventId = (int)StepKind.PagePopulated, EventName = nameof(StepKind.PagePopulated), Message = "{Guest}: gfn 0x{Start:x} populated in pfn 0x{Detail:x}: {Outcome}")]
    private static partial void LogPagePopulated(ILogger logger, LogLevel level, GuestId guest, ulong start, ulong detail, Outcome outcome);

    [LoggerMessage(EventId = (int)StepKind.GuestAccess, EventName = nameof(StepKind.GuestAccess), Message = "{Guest}: access to gfn 0x{Start:x} in pfn 0x{Detail:x}: {Outcome}")]
    private static partial void LogGuestAccess(ILogger logger, LogLevel level, GuestId guest, ulong start, ulong detail, Outcome outcome);

    [LoggerMessage(EventId = (int)StepKind.CallReturned, EventName = nameof(StepKind.CallReturned), Message = "Call {Detail} of 0x{Start:x} returned: {Outcome}")]
    private static partial void LogCallReturned(ILogger logger, LogLevel level, ulong start, ulong detail, Outcome outcome);

    [LoggerMessage(EventId = (int)StepKind.HostMapped, EventName = nameof(StepKind.HostMapped), Message = "Process {Count}: page 0x{Start:x} mapped to pfn 0x{Detail:x}")]
    private static partial void LogHostMapped(ILogger logger, LogLevel level, ulong start, ulong count, ulong detail);

    [LoggerMessage(EventId = (int)StepKind.HostAccess, EventName = nameof(StepKind.HostAccess), Message = "Process {Count}: access to page 0x{Start:x} in pfn 0x{Detail:x}")]
    private static partial void LogHostAccess(ILogger logger, LogLevel level, ulong start, ulong count, ulong detail);

    [LoggerMessage(EventId = (int)StepKind.FramesReturned, EventName = nameof(StepKind.FramesReturned), Message = "Store {Detail}: pfn 0x{Start:x}+0x{Count:x} given back")]
    private static partial void LogFramesReturned(ILogger logger, LogLevel level, ulong start, ulong count, ulong detail);

    [LoggerMessage(EventId = (int)StepKind.PageCleared, EventName = nameof(StepKind.PageCleared), Message = "Store {Detail}: page 0x{Start:x} cleared for use")]
    private static partial void LogPageCleared(ILogger logger, LogLevel level, ulong start, ulong detail);

    [LoggerMessage(EventId = (int)StepKind.HostUnmapped, EventName = nameof(StepKind.HostUnmapped), Message = "Process {Detail}: pages 0x{Start:x}+0x{Count:x} unmapped")]
    private static partial void LogHostUnmapped(ILogger logger, LogLevel level, ulong start, ulong count, ulong detail);

    [LoggerMessage(EventId = (int)StepKind.FramesLeaked, EventName = nameof(StepKind.FramesLeaked), Message = "Store {Detail}: frames 0x{Start:x}+0x{Count:x} leaked; nobody gets them again")]
    private static partial void LogFramesLeaked(ILogger logger, LogLevel level, ulong detail, ulong start, ulong count);

    [LoggerMessage(EventId = (int)StepKind.OwnershipStep, EventName = nameof(StepKind.OwnershipStep), Message = "Ownership step {Detail} on frames 0x{Start:x}+0x{Count:x}: {Outcome}")]
    private static partial void LogOwnershipStep(ILogger logger, LogLevel level, ulong detail, ulong start, ulong count, Outcome outcome);
}
