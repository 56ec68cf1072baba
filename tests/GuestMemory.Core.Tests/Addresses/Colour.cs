namespace GuestMemory.Tests;

/// <summary>A value that is the same for every key of a run.</summary>
public readonly record struct Colour(int Number) : IRangeValue<Colour>
{
    public Colour Advance(ulong count) => this;
}
