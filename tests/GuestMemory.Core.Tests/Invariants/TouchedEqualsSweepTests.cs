using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Tests;

/// <summary>Checking what a step touched finds a breach at the very step at which sweeping the machine does.</summary>
public sealed class TouchedEqualsSweepTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Both_scopes_stop_at_the_same_operation_for_the_same_reason(bool inPlace)
    {
        var operations = Gen.Choose(0, 255).ArrayOf(40).ToArbitrary();
        var broken = 0;
        var property = Prop.ForAll(operations, codes =>
        {
            var touched = FirstBreach(codes, CheckScope.Touched, inPlace);
            var swept = FirstBreach(codes, CheckScope.Everything, inPlace);
            broken += touched.Name is null ? 0 : 1;
            return (touched == swept).Label($"touched {touched}, swept {swept}");
        });

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), property);

        // The property would be empty if the mutants never broke anything, or always did.
        Assert.InRange(broken, 100, 399);
    }

    private static (int Operation, string? Name) FirstBreach(int[] codes, CheckScope scope, bool inPlace)
    {
        var world = new InvariantWorld(new InvariantChecker(scope), inPlace);
        for (var index = 0; index < codes.Length; index++)
        {
            try
            {
                Apply(world, codes[index]);
            }
            catch (ModelInvariantException breach)
            {
                return (index, breach.Invariant);
            }
        }

        return (-1, null);
    }

    // Four operations in five are right; the mutants come last.
    private static void Apply(InvariantWorld world, int code)
    {
        var page = (ulong)(code & 3);
        switch (code >> 2)
        {
            case < 16:
                world.Touch(page, isWrite: (code & 4) != 0);
                break;
            case < 26:
                world.HostStore(page);
                break;
            case < 40:
                world.Convert(page, toPrivate: (code & 4) != 0);
                break;
            case < 48:
                world.Store.Punch(new(new(page), 1));
                break;
            case < 54:
                world.Process.Discard(new(new(0x100 + page), 1));
                break;
            case < 61:
                world.Store.Allocate(new(new(page), 1));
                break;
            case 61:
                world.ConvertWithoutUnmap(page, toPrivate: (world.Vm.Attributes.KindOf(world.GfnOf(page)) == PageKind.Shared));
                break;
            case 62:
                world.PunchWithoutNotifying(page);
                break;
            default:
                world.Process.Detach(world.Vm);
                world.Process.Discard(new(new(0x100 + page), 1));
                world.Process.Attach(world.Vm);
                break;
        }
    }
}
