using System.Globalization;

namespace GuestMemory.Kvm;

/// <summary>How large a system to be searched can be.</summary>
internal static class SearchLimits
{
    /// <summary>Most guests, most pages of each, most vCPUs of each: what an order of like things can hold.</summary>
    public const int Most = ThingOrder.Most;

    /// <summary>Checks the numbers of a system's options.</summary>
    /// <exception cref="ArgumentException">One is out of range.</exception>
    public static StepSystemOptions Checked(StepSystemOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Require(nameof(options.Guests), options.Guests, Most);
        Require(nameof(options.Pages), options.Pages, Most);
        Require(nameof(options.Vcpus), options.Vcpus, options.Guests * Most);
        return options;
    }

    private static void Require(string name, int value, int most)
    {
        if (value < 1 || value > most)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be 1 to {most}."));
        }
    }
}
