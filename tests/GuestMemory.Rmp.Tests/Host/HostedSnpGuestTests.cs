using Xunit;

namespace GuestMemory.Rmp.Tests.Host;

public sealed class HostedSnpGuestTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(4096)]
    public void A_page_state_change_under_way_is_read_back(int length)
    {
        var guest = new HostedSnpGuest(new(1), new(5)) { PageStateBuffer = new(0x3000), PageStateChange = new(new PscBuffer(new byte[length])) };
        var writer = new StateWriter([]);
        guest.WriteState(ref writer);
        var reader = new StateReader(writer.Written);

        var read = HostedSnpGuest.Read(ref reader, RuleSwitches.AllOn);

        Assert.Equal((new GuestId(1), new Asid(5), new Spa(0x3000), length), (read.Guest, read.Asid, read.PageStateBuffer, read.PageStateChange!.Buffer.Length));
    }

    // Shorter than its header, or longer than its page.
    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(4097)]
    public void Bytes_that_are_no_buffer_are_no_state(int length)
    {
        var writer = new StateWriter([]);
        writer.Int32(1);
        writer.UInt64(5);
        for (var flag = 0; flag < 4; flag++)
        {
            writer.Flag(false);
        }

        writer.Flag(true);
        writer.UInt64(0x3000);
        writer.Int32(length);
        var bytes = writer.Written.ToArray();

        Assert.Throws<FormatException>(() =>
        {
            var reader = new StateReader(bytes);
            HostedSnpGuest.Read(ref reader, RuleSwitches.AllOn);
        });
    }
}
