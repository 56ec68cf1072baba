using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Tests;

/// <summary>Both designs of a slot with two sides have the same observable behaviour on what both can do. Source: systems.md 1.2.</summary>
public sealed class OverlayAndDualTests
{
    private static readonly Gen<(int Call, ulong Page, ulong Count, ulong Value)> Steps =
        from call in Gen.Frequency(
            (3, Gen.Constant(0)), (3, Gen.Constant(1)), (4, Gen.Constant(2)), (4, Gen.Constant(3)), (2, Gen.Constant(4)), (2, Gen.Constant(5)),
            (1, Gen.Constant(6)), (1, Gen.Constant(7)), (1, Gen.Constant(8)))
        from page in Sequences.Below(16)
        from count in Gen.Choose(1, 6)
        from value in Gen.Choose(1, 100)
        select (call, page, Math.Min((ulong)count, 16 - page), (ulong)value);

    [Fact]
    public void Every_answer_and_every_byte_is_the_same() => Sequences.Of(Steps).Check(400, steps =>
    {
        var dual = TestWorld.Create(configure: options => options.CachesTranslations = true, anonymous: false, plainTable: true);
        var overlay = new OverlayWorld();
        dual.Convert(0, 16, PageKind.Private);
        overlay.Convert(0, 16, PageKind.Private);
        foreach (var (call, page, count, value) in steps)
        {
            Assert.Equal(Dual(dual, call, page, count, value), Overlay(overlay, call, page, count, value));
        }

        for (var page = 0UL; page < 16; page++)
        {
            Assert.Equal(GuestTouch.Make(dual.Vm, page, null), overlay.Touch(page, null));
            Assert.Equal(dual.Vm.Mmu.TryTranslate(TestWorld.Gfn(page), out var left), overlay.Vm.Mmu.TryTranslate(TestWorld.Gfn(page), out var right));
            Assert.Equal((left.Kind, left.Size, left.Writable), (right.Kind, right.Size, right.Writable));
        }

        InvariantChecker.Sweep(dual.Machine);
        InvariantChecker.Sweep(overlay.Machine);
    });

    private static string Dual(TestWorld world, int call, ulong page, ulong count, ulong value) => call switch
    {
        0 => Status(world.Convert(page, count, PageKind.Private)),
        1 => Status(world.Convert(page, count, PageKind.Shared)),
        _ => Common(world.Vm, world.Process, world.Store, world.SharedStore, world.File, call, page, count, value),
    };

    private static string Overlay(OverlayWorld world, int call, ulong page, ulong count, ulong value) => call switch
    {
        0 => Status(world.Convert(page, count, PageKind.Private)),
        1 => Status(world.Convert(page, count, PageKind.Shared)),
        _ => Common(world.Vm, world.Process, world.Store, world.Shared, world.File, call, page, count, value),
    };

    private static string Common(
        VirtualMachine vm, HostAddressSpace process, BackingStore store, BackingStore shared, BackingFile file, int call, ulong page, ulong count, ulong value)
    {
        switch (call)
        {
            case 2:
                return GuestTouch.Make(vm, page, null).ToString();
            case 3:
                return GuestTouch.Make(vm, page, value).ToString();
            case 4:
                return Status(store.Punch(TestWorld.Pages(page, count)));
            case 5:
                return Status(shared.Punch(TestWorld.Pages(page, count)));
            case 6:
                return process.Store(TestWorld.Hva(page), 8, value).ToString();
            case 7:
                process.Protect(TestWorld.HostPages(page, count), value % 2 == 0 ? HostRights.Read : HostRights.Read | HostRights.Write);
                return "";
            default:
                if (file.Life == FileLife.Live && value < 20)
                {
                    file.Release();
                }

                return "";
        }
    }

    private static string Status(Outcome outcome) => $"{outcome.DecidedBy?.Id} {outcome.Info}";
}
