namespace GuestMemory.Testing;

/// <summary>Where the parts of a line lie.</summary>
internal struct TraceLineParts
{
    public int Index;
    public Range Operation;
    public Range Arguments;
    public Range Body;
    public int ArgumentCount;
}
