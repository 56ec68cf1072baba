namespace GuestMemory.Testing;

/// <summary>A system that has no parts, as one that has a single one.</summary>
internal sealed class WholeState(IStepSystem system) : IPartedState
{
    public int Parts => 1;

    public void WriteState(ref StateWriter writer) => system.WriteState(ref writer);

    public void ReadState(ref StateReader reader) => system.ReadState(ref reader);

    public void WritePart(int part, ref StateWriter writer) => system.WriteState(ref writer);

    public void ReadPart(int part, ref StateReader reader) => system.ReadState(ref reader);

    public void PartsRead(ulong parts)
    {
    }
}
