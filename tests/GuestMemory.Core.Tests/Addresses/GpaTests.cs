using Xunit;

namespace GuestMemory.Tests;

public sealed class GpaTests : AddressContract<Gpa>
{
    protected override string Unit => "gpa";

    [Theory]
    [InlineData(0x0UL, 0x0UL, 0x0UL)]
    [InlineData(0xfffUL, 0x0UL, 0xfffUL)]
    [InlineData(0x1000UL, 0x1UL, 0x0UL)]
    [InlineData(ulong.MaxValue, 0xfffffffffffffUL, 0xfffUL)]
    public void An_address_is_a_frame_and_an_offset(ulong address, ulong frame, ulong offset)
    {
        Assert.Equal(new Gfn(frame), new Gpa(address).Frame);
        Assert.Equal(offset, new Gpa(address).Offset);
        Assert.Equal(new Gpa(address), new Gfn(frame).Address + offset);
    }

    protected override Gpa Make(ulong value) => new(value);

    protected override ulong NumberOf(Gpa value) => value.Value;

    protected override Gpa Add(Gpa start, ulong count) => start + count;

    protected override ulong Subtract(Gpa later, Gpa start) => later - start;
}
