namespace GuestMemory.Rmp;

/// <summary>Everything the checks of a page state change read.</summary>
public readonly ref struct PscCall
{
    internal PscCall(PscBuffer buffer, bool canExit, PscEntry entry = default)
    {
        Buffer = buffer;
        CanExit = canExit;
        Entry = entry;
    }

    /// <summary>The guest's buffer.</summary>
    public PscBuffer Buffer { get; }

    /// <summary>Whether the VMM takes the exit.</summary>
    public bool CanExit { get; }

    /// <summary>The entry looked at; none for the header's checks.</summary>
    public PscEntry Entry { get; }
}
