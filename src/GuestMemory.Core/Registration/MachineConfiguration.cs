namespace GuestMemory;

/// <summary>One registered change to the options of the container's machines.</summary>
/// <param name="Apply">The change.</param>
internal sealed record MachineConfiguration(Action<MachineOptions> Apply);
