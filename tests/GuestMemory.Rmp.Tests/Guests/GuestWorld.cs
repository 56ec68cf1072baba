using Xunit;

namespace GuestMemory.Rmp.Tests.Guests;

/// <summary>The scenarios' world with guest A's software on it, and the nested table its host keeps.</summary>
internal sealed class GuestWorld
{
    public GuestWorld(bool isNaive = false, GuestOptions? options = null)
    {
        Nested = new();
        Guest = isNaive ? new NaiveGuest(World.Platform, SnpWorld.A, Nested, options) : new TrackingGuest(World.Platform, SnpWorld.A, Nested, options);
    }

    public SnpWorld World { get; } = new();

    public NestedMap Nested { get; }

    public SnpGuest Guest { get; }

    public TrackingGuest Tracking => (TrackingGuest)Guest;

    /// <summary>The host gives a page and maps it.</summary>
    public void Give(Pfn frame, Gpa gpa, PageSize size = PageSize.Size4K)
    {
        Assert.True(World.Platform.RmpUpdate(RmpUpdateOperands.Assign(new(frame, size), SnpWorld.A, gpa)).IsSuccess);
        Map(gpa, frame, size);
    }

    public void Map(Gpa gpa, Pfn frame, PageSize size = PageSize.Size4K) => Nested.Map(gpa.Frame, new(frame, size));

    /// <summary>The host gives a page, and the guest accepts it and writes a value.</summary>
    public void GiveAccepted(Pfn frame, Gpa gpa, ulong value)
    {
        Give(frame, gpa);
        Assert.Equal(default, Guest.Accept(gpa));
        Assert.Equal(default, Guest.Write(gpa, value));
    }

    public static byte[] StateOf(IStateful thing)
    {
        var writer = new StateWriter([]);
        thing.WriteState(ref writer);
        return writer.Written.ToArray();
    }
}
