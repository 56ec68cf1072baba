using System.Globalization;
using Xunit;

namespace GuestMemory.Tests;

/// <summary>A scan keeps the first breach in words that are the same in every culture, and puts none together for what holds.</summary>
public sealed class InvariantScanTests
{
    [Fact]
    public void What_holds_is_no_breach_and_its_words_are_not_asked_for()
    {
        var scan = new InvariantScan(new MachineFactory().Create());
        var asked = 0;

        scan.Require(holds: true, $"breach {++asked}");

        Assert.Null(scan.Breach);
        Assert.Equal(0, asked);
    }

    [Fact]
    public void What_does_not_hold_is_a_breach_in_words()
    {
        var scan = new InvariantScan(new MachineFactory().Create());
        var asked = 0;

        scan.Require(holds: false, $"breach {++asked} at 0x{255:x}");

        Assert.Equal("breach 1 at 0xff", scan.Breach);
    }

    [Fact]
    public void The_first_breach_stands_whatever_comes_after()
    {
        var scan = new InvariantScan(new MachineFactory().Create());
        var number = 0;

        scan.Require(holds: false, $"breach {++number}");
        scan.Require(holds: false, $"breach {++number}");
        scan.Require(holds: true, $"breach {++number}");

        Assert.Equal("breach 1", scan.Breach);
    }

    [Fact]
    public void Numbers_are_written_alike_in_every_culture()
    {
        var scan = new InvariantScan(new MachineFactory().Create());
        var usual = CultureInfo.CurrentCulture;
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        other.NumberFormat.NegativeSign = "minus ";
        var number = -1;
        CultureInfo.CurrentCulture = other;
        try
        {
            scan.Require(holds: false, $"{number} were begun");
        }
        finally
        {
            CultureInfo.CurrentCulture = usual;
        }

        Assert.Equal("-1 were begun", scan.Breach);
    }

    // A checker asks this some times at every step.
    [Fact]
    public void What_holds_allocates_nothing()
    {
        var scan = new InvariantScan(new MachineFactory().Create());
        scan.Require(holds: true, $"breach {0}");

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var time = 0; time < 1000; time++)
        {
            scan.Require(holds: true, $"breach {time}");
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
