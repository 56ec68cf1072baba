using Xunit;

namespace GuestMemory.Tests;

public sealed class HvaTests : AddressContract<Hva>
{
    protected override string Unit => "hva";

    [Theory]
    [InlineData(0xfffUL, 0UL)]
    [InlineData(0x1000UL, 1UL)]
    [InlineData(ulong.MaxValue, 0xfffffffffffffUL)]
    public void The_page_number_counts_pages_of_4_KiB(ulong address, ulong number) =>
        Assert.Equal(number, new Hva(address).PageNumber);

    protected override Hva Make(ulong value) => new(value);

    protected override ulong NumberOf(Hva value) => value.Value;

    protected override Hva Add(Hva start, ulong count) => start + count;

    protected override ulong Subtract(Hva later, Hva start) => later - start;
}
