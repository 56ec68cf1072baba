namespace GuestMemory.Testing;

/// <summary>Properties of a system's present state, looked at.</summary>
internal static class PropertyChecks
{
    public static StateProperty[] Of(IStepSystem system, IReadOnlyList<Func<IStepSystem, StateProperty>> more) =>
        [.. system.Properties, .. more.Select(make => make(system))];

    public static StateProperty? FirstBroken(StateProperty[] properties)
    {
        foreach (var property in properties)
        {
            if (property.Kind != PropertyKind.Sometimes && property.Holds() == (property.Kind == PropertyKind.Never))
            {
                return property;
            }
        }

        return null;
    }

    // The exception's own text begins with the invariant's name.
    public static string MessageOf(ModelInvariantException broken) => broken.Message[(broken.Invariant.Length + 2)..];
}
