using Xunit;

namespace GuestMemory.Rmp.Tests.Firmware;

/// <summary>What commands name and leave in memory, bit by bit.</summary>
public sealed class OperandTests
{
    private static readonly Spa s_page = new(0x4000_0000);

    // snp-abi, SNP_LAUNCH_UPDATE: a mask for each of VMPL 1 to 3; VMPL 0 keeps its own.
    [Fact]
    public void A_launched_page_gets_each_levels_mask_and_VMPL_0_keeps_its_own()
    {
        LaunchUpdateOperands operands = new(default, default, IsLarge: false, LaunchPageType.Normal, (VmplPermissions)0x11, (VmplPermissions)0x12, (VmplPermissions)0x14);

        Assert.Equal(0x1412_110fU, operands.Permissions(0xaabb_cc0f));
    }

    // snp-abi, SNP_PAGE_SWAP_OUT: an entry is in the root, or in a metadata page, which the command then touches too.
    [Fact]
    public void A_swap_touches_its_metadata_page_unless_the_entry_is_the_root()
    {
        SwapOperands swap = new(default, s_page + 0x1000, s_page, s_page + 0x5000, SwapPageType.Data);

        Assert.Equal(new PfnRange(s_page.Frame, 6), swap.Frames);
        Assert.Equal(new PfnRange(s_page.Frame, 2), (swap with { IsRoot = true }).Frames);
    }

    // snp-abi, metadata entries: 64 bytes, of which the last 16 are reserved and zero; the entries beside it stay.
    [Fact]
    public void A_metadata_entry_is_written_whole_and_read_back()
    {
        var contents = new FrameContents();
        for (var offset = 0UL; offset < 0xc0; offset += 8)
        {
            contents.Write(s_page + offset, 8, ulong.MaxValue);
        }

        SwapMetadata metadata = new(1, 2, new(3, 4), 0x5007, 6);
        metadata.Write(contents, s_page + 0x40);

        Assert.Equal(metadata, SwapMetadata.Read(contents, s_page + 0x40));
        Assert.Equal(
            [ulong.MaxValue, 1, 2, 4, 3, 0x5007, 6, 0, 0, ulong.MaxValue],
            Enumerable.Range(7, 10).Select(word => contents.Read(s_page + ((ulong)word * 8), 8)));
    }

    // A state that is none is no guest's; the three that are can be read back.
    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Only_the_three_states_of_a_guest_are_read_back(byte state, bool isRead)
    {
        var writer = new StateWriter([]);
        new SnpGuestContext { State = (SnpGuestState)state, Policy = 7 }.Write(ref writer);
        var bytes = writer.Written.ToArray();

        if (isRead)
        {
            var reader = new StateReader(bytes);
            Assert.Equal((SnpGuestState)state, SnpGuestContext.Read(ref reader).State);
            return;
        }

        Assert.Throws<FormatException>(() =>
        {
            var reader = new StateReader(bytes);
            SnpGuestContext.Read(ref reader);
        });
    }
}
