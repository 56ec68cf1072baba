namespace GuestMemory;

/// <summary>What a system to be searched is made of.</summary>
public sealed record StepSystemOptions
{
    /// <summary>Guests, at least 1. Default 2.</summary>
    public int Guests { get; init; } = 2;

    /// <summary>Pages that guests and host compete for, at least 1. Default 3.</summary>
    public int Pages { get; init; } = 3;

    /// <summary>vCPUs of all guests together, dealt out in turn, at least 1. Default 2.</summary>
    public int Vcpus { get; init; } = 2;

    /// <summary>Where to start, one of <see cref="IStepSystemSource.Scenarios"/>; <see langword="null"/> for the first of them.</summary>
    public string? Scenario { get; init; }

    /// <summary>Which rules are off. Default: none.</summary>
    public RuleSwitches Rules { get; init; } = RuleSwitches.AllOn;
}
