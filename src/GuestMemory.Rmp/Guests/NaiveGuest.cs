namespace GuestMemory.Rmp;

/// <summary>A guest that accepts whatever page raises #VC, again if need be, and never looks at the carry flag: what the hardware alone protects.</summary>
public sealed class NaiveGuest : SnpGuest
{
    /// <summary>Makes a guest; nothing runs yet.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="asid">Its ASID.</param>
    /// <param name="nested">The nested table its host keeps.</param>
    /// <param name="options">What it runs with; <see langword="null"/> for the defaults.</param>
    public NaiveGuest(SnpPlatform platform, Asid asid, NestedMap nested, GuestOptions? options = null)
        : base(platform, asid, nested, options)
    {
    }

    /// <inheritdoc/>
    protected override GuestAnswer OnNotValidated(Gpa gpa, in GuestAnswer fault) => Pvalidate(gpa, PageSize.Size4K, validate: true);
}
