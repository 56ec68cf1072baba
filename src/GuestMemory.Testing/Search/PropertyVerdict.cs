namespace GuestMemory.Testing;

/// <summary>What a search says of a property.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Kind">Of which states it speaks.</param>
/// <param name="Holds">Always and never: whether no state within the bounds broke it. Sometimes: whether a state showed it.</param>
public readonly record struct PropertyVerdict(string Name, PropertyKind Kind, bool Holds)
{
    /// <summary>Kind, name and verdict.</summary>
    public override string ToString() => $"{Kind} {Name}: {(Kind, Holds) switch
    {
        (PropertyKind.Sometimes, true) => "shown",
        (PropertyKind.Sometimes, false) => "not shown",
        (_, true) => "holds",
        _ => "broken",
    }}";
}
