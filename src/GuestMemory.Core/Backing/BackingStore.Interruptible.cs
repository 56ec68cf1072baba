namespace GuestMemory;

/// <content>Allocation as a call makes it: page by page, looking for a signal.</content>
public sealed partial class BackingStore
{
    /// <summary>What <see cref="AllocateInterruptibly"/> leaves when a signal is pending.</summary>
    public static PartialEffect InterruptedPartialEffect { get; } = new(
        "fallocate", "a signal is pending", "pages allocated before the one it was seen at", "guest-memfd, allocation");

    /// <summary>Allocates what is missing in a range, and looks for a signal before every page of it.</summary>
    /// <param name="pages">The pages.</param>
    /// <returns>Success, out of frames or interrupted; then what was allocated before stays (<see cref="AllocatePartialEffect"/>, <see cref="InterruptedPartialEffect"/>).</returns>
    public Outcome AllocateInterruptibly(PageIndexRange pages)
    {
        // Without an injector nothing is ever pending, and runs of pages are one step.
        if (_machine.Options.Injector is null || pages.End.Value > PageCount)
        {
            return Allocate(pages);
        }

        var at = pages.Start.Value;
        while (at < pages.End.Value)
        {
            if (_machine.Strikes(InjectionPoint.Signal))
            {
                return CoreRules.Interrupted.Refuse(at);
            }

            if (!_pages.TryFirstGap(at, pages.End.Value, out var start, out var end) || start > at)
            {
                at++;
            }
            else if (!TryFill(at, end, out at))
            {
                return CoreRules.OutOfFrames.Refuse(at);
            }
        }

        return Outcome.Success;
    }

    // What one allocation asks for: a run, or where allocations can fail one by one, one page.
    private ulong PiecesOf(ulong granule, ulong frames) => _machine.Options.Injector is null ? frames : granule;
}
