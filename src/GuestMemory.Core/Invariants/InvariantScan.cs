using System.Runtime.CompilerServices;

namespace GuestMemory;

/// <summary>One look for a breach: the machine, and the first thing found wrong.</summary>
internal sealed class InvariantScan(Machine machine)
{
    public Machine Machine { get; } = machine;

    public string? Breach { get; private set; }

    public void Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref BreachText otherwise)
    {
        if (!holds)
        {
            Breach ??= otherwise.ToStringAndClear();
        }
    }
}
