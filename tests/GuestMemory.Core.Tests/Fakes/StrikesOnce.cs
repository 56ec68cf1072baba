namespace GuestMemory.Tests;

/// <summary>Lets the first thing at a point fail, and nothing after it.</summary>
internal sealed class StrikesOnce(InjectionPoint at) : IFaultInjector
{
    private bool _hasStruck;

    public bool Strikes(InjectionPoint point)
    {
        var strikes = point == at && !_hasStruck;
        _hasStruck |= strikes;
        return strikes;
    }
}
