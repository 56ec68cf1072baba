using GuestMemory.Tdx.Tests.Memory;
using Xunit;

namespace GuestMemory.Tdx.Tests.Lifecycle;

public sealed class ParameterTests
{
    private const ulong Tdr = TdxWorld.FirstTdmr;
    private const ulong Migratable = 1UL << 29;
    private const ulong Perfmon = 1UL << 63;

    [Theory]
    [InlineData(false, false, 0UL)]
    [InlineData(true, false, 1UL)]
    [InlineData(false, true, 0x1000_0000UL)]
    [InlineData(true, true, 0x1000_0001UL)]
    public void Attributes_are_bits_of_their_own(bool isDebug, bool disablesPendingVe, ulong attributes)
    {
        var parameters = TdParameters.Of(disablesPendingVe: disablesPendingVe, isDebug: isDebug);

        Assert.Equal(attributes, parameters.Attributes);
        Assert.Equal((isDebug, disablesPendingVe), (parameters.IsDebug, parameters.DisablesPendingVe));
        Assert.Equal(0x1000_0000UL, new TdParameters().Attributes);
    }

    [Fact]
    public void Written_parameters_are_1024_bytes_and_nothing_more()
    {
        var contents = new FrameContents();
        for (var at = 0x1000UL; at < 0x2000; at += 8)
        {
            contents.Write(new(at), 8, ulong.MaxValue);
        }

        TdParameters.Of(isWide: true, SeptLevel.Pml5).WriteTo(contents, new(0x1400));

        for (var at = 0x1000UL; at < 0x2000; at += 8)
        {
            ulong expected = at switch
            {
                0x1400 => 0x1000_0000,
                0x1418 => 0x26,
                0x1420 => 1,
                >= 0x1400 and < 0x1800 => 0,
                _ => ulong.MaxValue,
            };
            Assert.Equal((at, expected), (at, contents.Read(new(at), 8)));
        }
    }

    [Theory]
    [InlineData(0UL, true)]
    [InlineData(1UL, true)]
    [InlineData(Perfmon, true)]
    [InlineData(Migratable, true)]
    [InlineData(Migratable | (1UL << 28), true)]
    [InlineData(Migratable | 1, false)]
    [InlineData(Migratable | Perfmon, false)]
    [InlineData(2UL, false)]
    public void A_TD_that_migrates_is_neither_debugged_nor_profiled(ulong attributes, bool isTaken)
    {
        var status = Created().Init(Tdr, new TdParameters { Attributes = attributes }).Status;
        Assert.Equal(isTaken ? default : TdxStatus.Of(TdxStatusCode.OperandInvalid, TdxOperand.Attributes), status);
    }

    [Theory]
    [InlineData(48, false)]
    [InlineData(49, true)]
    public void Five_levels_take_49_bits_of_address(int bits, bool isTaken)
    {
        var status = Created(TdxWorld.Recorded with { AddressBits = bits }).Init(Tdr, TdParameters.Of(rootLevel: SeptLevel.Pml5)).Status;
        Assert.Equal(isTaken ? default : TdxStatus.Of(TdxStatusCode.OperandInvalid, TdxOperand.EptpControls), status);
    }

    [Fact]
    public void Parameters_are_read_where_they_lie()
    {
        var world = Created();
        TdParameters.Of(isDebug: true).WriteTo(world.Module.Memory.Contents, new(TdxWorld.Parameters + 0x400));
        Assert.Equal(0UL, world.Call(TdxFunction.MngInit, Tdr, TdxWorld.Parameters + 0x400).Status.Value);
        Assert.True(world.Module.FindTd(new Spa(Tdr).Frame)!.IsDebug);
    }

    [Theory]
    [InlineData(31UL, true)]
    [InlineData(32UL, false)]
    [InlineData(33UL, false)]
    public void Parameters_are_not_read_with_a_private_key(ulong hkid, bool isTaken)
    {
        var world = Created();
        new TdParameters().WriteTo(world.Module.Memory.Contents, new(TdxWorld.Parameters));
        var status = world.Call(TdxFunction.MngInit, Tdr, TdxWorld.Parameters | (hkid << 46)).Status;
        Assert.Equal(isTaken ? default : TdxStatus.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rdx), status);
    }

    [Theory]
    [InlineData(TdxFunction.MngInit, true)]
    [InlineData(TdxFunction.MrExtend, true)]
    [InlineData(TdxFunction.ExportPause, true)]
    [InlineData(TdxFunction.ImportAbort, true)]
    [InlineData(TdxFunction.ImportCommit, true)]
    [InlineData(TdxFunction.ImportEnd, true)]
    [InlineData(TdxFunction.ImportStateImmutable, true)]
    [InlineData(TdxFunction.ImportTrack, true)]
    [InlineData(TdxFunction.MemTrack, false)]
    public void A_function_that_changes_the_whole_TD_has_it_alone(TdxFunction function, bool isAlone)
    {
        var world = new TdxWorld();
        world.AddTd();
        world.Module.State.Locks.Take(HeldLock.Pamt(PageSize.Size4K, new Spa(Tdr).Frame), exclusive: false);
        var status = world.Call(function, Tdr, Tdr).Status;
        Assert.Equal(isAlone, status.Code == TdxStatusCode.OperandBusy);
    }

    [Theory]
    [InlineData(0x2000UL)]
    [InlineData(0x2300UL)]
    [InlineData(0x2f00UL)]
    public void What_is_measured_is_256_bytes_of_the_page(ulong gpa)
    {
        var world = new MemoryWorld(TdxOpState.Initialized);
        world.SetEntry(0x2000, SeptEntry.Leaf(SeptEntryState.Mapped, new Spa(MemoryWorld.P).Frame, SeptEntry.ReadWriteExecute));
        for (var at = 0UL; at < 0x1000; at += 8)
        {
            world.Write(MemoryWorld.P + at, 0x1_0000 + at);
        }

        world.Td.Measurement = 0x1234;
        var expected = new Td(new(1), new(33)) { Measurement = 0x1234 };
        var words = Enumerable.Range(0, 32).Select(word => 0x1_0000 + (gpa & 0xfff) + ((ulong)word * 8)).ToArray();
        TdMeasurement.Extend(expected, [(ulong)TdxFunction.MrExtend, gpa, .. words]);

        Assert.Equal(0UL, world.Call(TdxFunction.MrExtend, gpa).Status.Value);
        Assert.Equal(expected.Measurement, world.Td.Measurement);
    }

    [Fact]
    public void A_page_the_guest_cannot_read_is_not_measured()
    {
        var world = new MemoryWorld(TdxOpState.Initialized);
        world.SetEntry(0x2000, SeptEntry.Leaf(SeptEntryState.Pending, new Spa(MemoryWorld.P).Frame, 0));
        Assert.Equal(TdxStatus.Of(TdxStatusCode.EptEntryNotPresent, TdxOperand.Rcx), world.Call(TdxFunction.MrExtend, 0x2000).Status);
        Assert.Equal(TdxStatus.Of(TdxStatusCode.EptEntryNotPresent, TdxOperand.Rcx), world.Call(TdxFunction.MrExtend, 0x3000).Status);
    }

    private static TdxWorld Created(TdxPlatform? platform = null)
    {
        var world = new TdxWorld(platform);
        world.Expect(TdxFunction.MngCreate, Tdr, 33);
        world.Expect(TdxFunction.MngKeyConfig, Tdr);
        for (var page = 1UL; page <= Td.FewestControlPages; page++)
        {
            world.Expect(TdxFunction.MngAddcx, Tdr + (page * 4096), Tdr);
        }

        return world;
    }
}
