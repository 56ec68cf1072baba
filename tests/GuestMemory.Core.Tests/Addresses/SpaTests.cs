using Xunit;

namespace GuestMemory.Tests;

public sealed class SpaTests : AddressContract<Spa>
{
    protected override string Unit => "spa";

    [Theory]
    [InlineData(0x0UL, 0x0UL, 0x0UL)]
    [InlineData(0xfffUL, 0x0UL, 0xfffUL)]
    [InlineData(0x1000UL, 0x1UL, 0x0UL)]
    [InlineData(ulong.MaxValue, 0xfffffffffffffUL, 0xfffUL)]
    public void An_address_is_a_frame_and_an_offset(ulong address, ulong frame, ulong offset)
    {
        Assert.Equal(new Pfn(frame), new Spa(address).Frame);
        Assert.Equal(offset, new Spa(address).Offset);
        Assert.Equal(new Spa(address), new Pfn(frame).Address + offset);
    }

    protected override Spa Make(ulong value) => new(value);

    protected override ulong NumberOf(Spa value) => value.Value;

    protected override Spa Add(Spa start, ulong count) => start + count;

    protected override ulong Subtract(Spa later, Spa start) => later - start;
}
