using Xunit;

namespace GuestMemory.Tests;

public sealed class ThingOrderTests
{
    [Fact]
    public void Things_and_places_are_those_of_their_group()
    {
        byte[] things = [.. Enumerable.Range(0, 3 * ThingOrder.Most).Select(at => (byte)at)];
        byte[] places = [.. things.Select(thing => (byte)(thing + 100))];
        var order = new ThingOrder(things, places);

        Assert.Equal([0, 3, 8, 23], [order.ThingAt(0, 0), order.ThingAt(0, 3), order.ThingAt(1, 0), order.ThingAt(2, 7)]);
        Assert.Equal([100, 103, 108, 123], [order.PlaceOf(0, 0), order.PlaceOf(0, 3), order.PlaceOf(1, 0), order.PlaceOf(2, 7)]);
    }
}
