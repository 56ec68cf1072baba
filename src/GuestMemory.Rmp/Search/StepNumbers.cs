namespace GuestMemory.Rmp;

/// <summary>How many guests, pages and vCPUs a system can have.</summary>
internal static class StepNumbers
{
    public const int Most = 8;

    /// <exception cref="ArgumentException">A number is not 1 to 8.</exception>
    public static void Validate(StepSystemOptions options)
    {
        Require(options.Guests, nameof(options.Guests));
        Require(options.Pages, nameof(options.Pages));
        Require(options.Vcpus, nameof(options.Vcpus));
    }

    private static void Require(int number, string name)
    {
        if (number is < 1 or > Most)
        {
            throw new ArgumentException($"{name} is {number}; it is 1 to {Most}.");
        }
    }
}
