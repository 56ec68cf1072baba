namespace GuestMemory.Tests;

/// <summary>Lets one thing at a point fail: the first, or a later one.</summary>
/// <param name="at">The point.</param>
/// <param name="time">Which one, from 1.</param>
internal sealed class StrikesAt(InjectionPoint at, int time) : IFaultInjector
{
    private int _times;

    public bool Strikes(InjectionPoint point)
    {
        _times += point == at ? 1 : 0;
        return point == at && _times == time;
    }
}
