namespace GuestMemory.Tdx;

/// <summary>Interrupts that come while a function runs: an interruptible function looks for one at fixed points.</summary>
public sealed class Interrupts : IStateful
{
    private const ulong None = ulong.MaxValue;
    private ulong _pollsLeft = None;

    /// <summary>Whether one is to come.</summary>
    public bool IsArmed => _pollsLeft != None;

    /// <summary>One interrupt comes; it replaces one armed before.</summary>
    /// <param name="polls">How often functions look and see none before they see it.</param>
    public void Arm(ulong polls) => _pollsLeft = polls;

    /// <summary>None comes.</summary>
    public void Disarm() => _pollsLeft = None;

    /// <summary>Decides at which look one comes; nobody: none but an armed one.</summary>
    internal IFaultInjector? Injector { get; set; }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer) => writer.UInt64(_pollsLeft);

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader) => _pollsLeft = reader.UInt64();

    /// <summary>Looks several times, until one is seen.</summary>
    /// <param name="times">How often at most.</param>
    /// <returns>How often it looked and saw none: <paramref name="times"/> when none came.</returns>
    internal int Poll(int times)
    {
        for (var looks = 0; Injector is not null && looks < times; looks++)
        {
            if (Injector.Strikes(InjectionPoint.Interrupt))
            {
                return looks;
            }
        }

        if (_pollsLeft == None)
        {
            return times;
        }

        if (_pollsLeft >= (ulong)times)
        {
            _pollsLeft -= (ulong)times;
            return times;
        }

        var before = (int)_pollsLeft;
        _pollsLeft = None;
        return before;
    }
}
