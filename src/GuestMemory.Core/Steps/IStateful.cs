namespace GuestMemory;

/// <summary>Something whose whole state is written as canonical bytes and restored in place from them.</summary>
/// <remarks>Equal states write equal bytes, whatever history led to them. Restoring allocates only what must grow.</remarks>
public interface IStateful
{
    /// <summary>Writes the whole state.</summary>
    /// <param name="writer">Where to.</param>
    void WriteState(ref StateWriter writer);

    /// <summary>Replaces the whole state by a written one.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="FormatException">The bytes are not a state of this kind.</exception>
    void ReadState(ref StateReader reader);
}
