namespace GuestMemory.Tests;

public sealed class RangeMapOfConstantsTests : RangeMapContract<Colour>
{
    protected override Colour ValueFor(int choice, ulong start) => new(choice);
}
