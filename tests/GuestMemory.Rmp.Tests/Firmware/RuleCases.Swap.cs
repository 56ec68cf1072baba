using Xunit;
using static GuestMemory.Rmp.Tests.Firmware.FirmwareWorld;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Firmware;

/// <content>Swapping.</content>
internal static partial class RuleCases
{
    private static readonly SwapOperands Out = Swap(H(5), Y(9));
    private static readonly SwapOperands In = Back(Out, Y(10));
    private static readonly SwapOperands MetadataOut = Swap(MetadataA, Spare, SwapPageType.Metadata) with { IsRoot = true };

    private static IEnumerable<RuleCase> SwapCases() =>
    [
        OutCase("type", SevStatus.InvalidParam, Out with { Type = (SwapPageType)3 }),
        OutCase("address", SevStatus.InvalidAddress, Out with { Destination = Own }),
        OutCase("address", SevStatus.InvalidAddress, Out with { IsLarge = true }),
        OutCase("entry-address", SevStatus.InvalidAddress, Out with { Metadata = Own }),
        OutCase("entry-address", SevStatus.InvalidAddress, Out with { Metadata = Entry(MetadataA) + 32 }),
        OutCase("entry-address", SevStatus.InvalidAddress, Out with { Metadata = Out.Destination }),
        OutCase("page-size", SevStatus.InvalidPageSize, Out with { Source = H().Address, Destination = Y().Address, IsLarge = true }),
        OutCase("page-size", SevStatus.InvalidPageSize, Out with { Destination = Y(513).Address }),
        OutCase("entry-state", SevStatus.InvalidPageState, Out with { Metadata = Spare.Address }),
        OutCase("entry-owner", SevStatus.InvalidPageOwner, Out with { Metadata = Entry(MetadataB) }),
        OutCase("page-state", SevStatus.InvalidPageState, Out with { Source = Spare.Address }),
        OutCase("page-state", SevStatus.InvalidPageState, Out with { Destination = H(7).Address }),
        OutCase("owner", SevStatus.InvalidPageOwner, Out with { Context = ContextB.Address, Metadata = Entry(MetadataB) }),
        OutCase("metadata-state", SevStatus.InvalidPageState, MetadataOut with { Source = Spare.Address, Destination = Y(9).Address }),
        OutCase("metadata-state", SevStatus.InvalidPageState, MetadataOut with { Destination = H(7).Address }),
        OutCase("metadata-owner", SevStatus.InvalidPageOwner, MetadataOut with { Context = ContextB.Address }),
        Case("SNP_PAGE_SWAP_OUT/vectors", SevStatus.AeadOverflow, world => world.Firmware.SwapOut(Out), LastVector),
        InCase("type", SevStatus.InvalidParam, In with { Type = (SwapPageType)3 }),
        InCase("address", SevStatus.InvalidAddress, In with { Source = Beyond }),
        InCase("entry-address", SevStatus.InvalidAddress, In with { Metadata = Entry(MetadataA) + 8 }),
        InCase("entry-state", SevStatus.InvalidPageState, In with { Metadata = Spare.Address }),
        InCase("entry-owner", SevStatus.InvalidPageOwner, In with { Metadata = Entry(MetadataB) }),
        InCase("page-size", SevStatus.InvalidPageSize, In with { Destination = Y(513).Address }),
        InCase("page-size", SevStatus.InvalidPageSize, In with { Source = Y(512).Address }),
        InCase("page-size", SevStatus.InvalidPageSize, In with { Source = new(Frames << 12), Destination = Y(512).Address, IsLarge = true }),
        InCase("entry", SevStatus.InvalidMetadataEntry, In with { Metadata = Entry(MetadataA, 1) }),
        InCase("entry", SevStatus.InvalidMetadataEntry, In with { Type = SwapPageType.Vmsa }),
        InCase("entry", SevStatus.InvalidMetadataEntry, In with { IsRoot = true }),
        InCase("in-place", SevStatus.InvalidAddress, In with { IsInPlace = true }),
        Case("SNP_PAGE_SWAP_IN/small-place", SevStatus.InvalidParam, world => world.Firmware.SwapIn(Back(MetadataOut, Y(12)) with { IsInPlace = true }), MetadataIsOut),
        Case("SNP_PAGE_SWAP_IN/vmsa-size", SevStatus.InvalidPageSize, world => world.Firmware.SwapIn(In with { Type = SwapPageType.Vmsa, IsLarge = true, Source = new(Frames << 12), Destination = Y(512).Address }), LargeSaveAreaIsOut),
        InCase("page-state", SevStatus.InvalidPageState, In with { Destination = Spare.Address }),
        Case("SNP_PAGE_SWAP_IN/owner", SevStatus.InvalidPageOwner, world => world.Firmware.SwapIn(In with { Destination = H(8).Address }), IsOut),
        Case("SNP_PAGE_SWAP_IN/metadata-state", SevStatus.InvalidPageState, world => world.Firmware.SwapIn(Back(MetadataOut, H(7))), MetadataIsOut),
        Case("SNP_PAGE_SWAP_IN/tag", SevStatus.BadMeasurement, world => world.Firmware.SwapIn(In), world => Changed(world)),
    ];

    private static RuleCase OutCase(string point, SevStatus status, SwapOperands operands) =>
        Case($"SNP_PAGE_SWAP_OUT/{point}", status, world => world.Firmware.SwapOut(operands), BeforeOut);

    private static RuleCase InCase(string point, SevStatus status, SwapOperands operands) =>
        Case($"SNP_PAGE_SWAP_IN/{point}", status, world => world.Firmware.SwapIn(operands), IsOut);

    private static void BeforeOut(FirmwareWorld world)
    {
        world.PreSwap(H(5), G(5));
        world.FirmwarePage(Y(9));
        Assert.True(world.Snp.ToFirmware(Y(512), PageSize.Size2M).IsSuccess);
    }

    private static void LastVector(FirmwareWorld world)
    {
        BeforeOut(world);
        world.Firmware.SetGuest(ContextA, world.Guest(ContextA) with { Vector = ulong.MaxValue });
    }

    private static void IsOut(FirmwareWorld world)
    {
        BeforeOut(world);
        Ok(world.Firmware.SwapOut(Out));
        world.PreGuest(Y(10), G(5));
        world.PreGuest(H(8), G(8), B);
    }

    private static void Changed(FirmwareWorld world)
    {
        IsOut(world);
        world.Contents.Write(Y(9).Address, 1, world.Contents.Read(Y(9).Address, 1) ^ 1);
    }

    private static void MetadataIsOut(FirmwareWorld world)
    {
        Ok(world.Firmware.SwapOut(MetadataOut));
        world.FirmwarePage(Y(12));
    }

    // No command wraps a save area of 2M: only an entry made by hand names one.
    private static void LargeSaveAreaIsOut(FirmwareWorld world)
    {
        Assert.True(world.Snp.AssignLarge(Y(512), G(512), immutable: true).IsSuccess);
        new SwapMetadata(0, 1, 0, 0b1_0101, 0).Write(world.Contents, Entry(MetadataA));
    }
}
