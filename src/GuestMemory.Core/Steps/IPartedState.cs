namespace GuestMemory;

/// <summary>A state made of parts that are written and restored one by one, so that little is copied where little changed.</summary>
/// <remarks>All parts one after the other are the whole state; their number never changes. Reading one part needs no other to have been read before.</remarks>
public interface IPartedState : IStateful
{
    /// <summary>Number of parts, 1 to 64.</summary>
    int Parts { get; }

    /// <summary>Writes one part.</summary>
    /// <param name="part">0 to <see cref="Parts"/> - 1.</param>
    /// <param name="writer">Where to.</param>
    void WritePart(int part, ref StateWriter writer);

    /// <summary>Replaces one part by a written one.</summary>
    /// <param name="part">0 to <see cref="Parts"/> - 1.</param>
    /// <param name="reader">Where from.</param>
    /// <exception cref="FormatException">The bytes are not such a part.</exception>
    void ReadPart(int part, ref StateReader reader);

    /// <inheritdoc/>
    void IStateful.WriteState(ref StateWriter writer)
    {
        for (var part = 0; part < Parts; part++)
        {
            WritePart(part, ref writer);
        }
    }

    /// <inheritdoc/>
    void IStateful.ReadState(ref StateReader reader)
    {
        for (var part = 0; part < Parts; part++)
        {
            ReadPart(part, ref reader);
        }

        PartsRead(ulong.MaxValue >> (64 - Parts));
    }

    /// <summary>Parts were read; what is derived from them (indexes, listeners, a checker's memory) is made to agree with them again.</summary>
    /// <param name="parts">One bit a part.</param>
    void PartsRead(ulong parts);
}
