namespace GuestMemory.Tests;

/// <summary>A value whose frame grows along a run.</summary>
public readonly record struct Mapped(Pfn Frame, bool Writable) : IRangeValue<Mapped>
{
    public Mapped Advance(ulong count) => this with { Frame = Frame + count };
}
