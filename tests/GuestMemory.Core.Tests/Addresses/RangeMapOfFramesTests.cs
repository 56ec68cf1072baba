namespace GuestMemory.Tests;

public sealed class RangeMapOfFramesTests : RangeMapContract<Mapped>
{
    // Two choices share an offset and differ in a flag, the third has another offset.
    protected override Mapped ValueFor(int choice, ulong start) =>
        new(new Pfn((choice == 2 ? 0x1001UL : 0x1000UL) + start), Writable: choice == 1);
}
