using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Instructions;

public sealed class RmpReadTests
{
    private readonly SnpWorld _world = new();

    // linux-sev-host: the portable form, byte by byte. Validated, VMSA and masks are not shown.
    [Fact]
    public void The_16_bytes_of_a_guests_page()
    {
        _world.Give(H(5), G(5));
        _world.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(5), H(5)), false, 0x1_1f01).Is(0);
        _world.Assign(H(5), G(5), immutable: true).Is(0);

        Assert.Equal([0x00, 0x50, 0x00, 0x80, 0, 0, 0, 0, 1, 0, 1, 0, 5, 0, 0, 0], BytesOf(H(5)));
    }

    // Bit 1 of byte 9: the page is 2M aligned, and another page of its 2M is assigned.
    [Fact]
    public void A_head_tells_of_its_region()
    {
        Assert.Equal(0, BytesOf(H())[9]);
        _world.Assign(H(), G()).Is(0);
        Assert.Equal(0, BytesOf(H())[9]);
        _world.Assign(H(300), G(300)).Is(0);
        Assert.Equal(2, BytesOf(H())[9]);
        Assert.Equal(0, BytesOf(H(300))[9]);
        _world.Share(H()).Is(0);
        Assert.Equal((2, 0), (BytesOf(H())[9], BytesOf(H())[8]));
    }

    // The entry itself, not through the head: a sub-entry of a live 2M page shows Assigned only.
    [Fact]
    public void A_large_page_shows_in_its_head()
    {
        _world.GiveLarge(H(), G());

        Assert.Equal([0x00, 0x00, 0x00, 0x80, 0, 0, 0, 0, 1, 3, 0, 0, 5, 0, 0, 0], BytesOf(H()));
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], BytesOf(H(3)));
    }

    [Fact]
    public void An_ASID_has_four_bytes()
    {
        _world.Assign(H(5), G(5), asid: new(0x8765_4321)).Is(0);

        Assert.Equal([0x21, 0x43, 0x65, 0x87], BytesOf(H(5))[12..]);
    }

    [Fact]
    public void Only_the_hosts_kernel_reads_and_only_what_is_covered()
    {
        Is(new(RmpFaultKind.UndefinedOpcode), 0, "mode", Read(CpuState.Guest(A) with { LongMode = false, Cpl = 3 }, H()));
        Is(new(RmpFaultKind.GeneralProtection), 0, "cpl", Read(CpuState.Guest(A) with { Cpl = 3 }, H()));
        Is(default, 2, "guest", Read(CpuState.Guest(A), new(Frames)));
        Is(default, 1, "covered", Read(CpuState.Host, new(Frames)));
        _world.Platform.IsOn = false;
        Is(new(RmpFaultKind.UndefinedOpcode), 0, "mode", Read(CpuState.Host, H()));
    }

    private byte[] BytesOf(Pfn frame)
    {
        var bytes = new byte[16];
        Array.Fill(bytes, (byte)0xcc);
        Read(CpuState.Host, frame).CopyTo(bytes);
        return bytes;
    }

    private RmpReadResult Read(CpuState cpu, Pfn frame) => _world.Unchanged(() => _world.Platform.RmpRead(cpu, frame.Address + 0xfff));

    private static void Is(RmpFault fault, uint eax, string rule, RmpReadResult result) =>
        Assert.Equal((fault, eax, "RMPREAD/" + rule), (result.Fault, (uint)result.Status, result.DecidedBy?.Id));
}
