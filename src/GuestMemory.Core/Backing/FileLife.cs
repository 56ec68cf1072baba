namespace GuestMemory;

/// <summary>Where a file stands between its last reference and its end.</summary>
public enum FileLife : byte
{
    /// <summary>Gone, its number free.</summary>
    Gone,

    /// <summary>Referenced by a descriptor or a mapping.</summary>
    Live,

    /// <summary>Its last reference is dropped, its release has not run: nobody can take a reference any more.</summary>
    Dying,
}
