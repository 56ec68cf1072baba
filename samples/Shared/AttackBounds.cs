using GuestMemory;
using GuestMemory.Testing;

/// <summary>How far an attack is looked for: farther where a rule of class security is off.</summary>
internal static class AttackBounds
{
    public static StepSystemOptions System { get; } = new() { Guests = 1, Pages = 1, Vcpus = 1 };

    public static SearchOptions OfSecurity { get; } = new() { Depth = 12, States = 3_000 };

    public static SearchOptions OfOthers { get; } = new() { Depth = 4, States = 100 };

    public static SearchOptions Of(Rule rule) => rule.Class == CheckClass.Security ? OfSecurity : OfOthers;
}
