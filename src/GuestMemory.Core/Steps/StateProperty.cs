namespace GuestMemory;

/// <summary>Something said of a system's states.</summary>
/// <param name="Name">Its stable name.</param>
/// <param name="Says">What it says, as a sentence.</param>
/// <param name="Kind">Always, never or sometimes.</param>
/// <param name="Holds">Whether it holds of the state the system is in now.</param>
public sealed record StateProperty(string Name, string Says, PropertyKind Kind, Func<bool> Holds)
{
    /// <summary>Name and sentence.</summary>
    public override string ToString() => $"{Name}: {Says}";
}
