using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Tests;

/// <summary>The slot table's bisection answers what looking at every slot answers.</summary>
public sealed class SlotTableSearchTests
{
    private const ulong Window = 40;

    // architecture, principle 2: the fast path is proven equal to the plain rule.
    [Fact]
    public void Bisection_finds_and_overlaps_as_a_walk_over_every_slot_does()
    {
        var changes = Gen.Choose(0, (2 * 40 * 6) - 1).ArrayOf(24).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150), Prop.ForAll(changes, codes => Agrees(Build(codes))));
    }

    private static SlotTable Build(int[] codes)
    {
        var technology = new TestTechnology();
        var machine = new MachineFactory(technologies: [technology]).Create();
        machine.CreateProcess();
        var vm = machine.CreateVm(technology);
        for (var id = 0; id < codes.Length; id++)
        {
            var gfns = new GfnRange(new((ulong)(codes[id] / 2 % 40)), (ulong)(codes[id] / 80) + 1);
            var added = vm.AddSlot(new(id, codes[id] % 2, gfns, MemslotFlags.None, 0, 0x1000, -1, default, false), out var slot);
            if (added.IsSuccess && codes[id] % 5 == 0)
            {
                vm.RemoveSlot(slot);
            }
        }

        return vm.Slots;
    }

    private static bool Agrees(SlotTable slots)
    {
        for (var space = 0; space < 2; space++)
        {
            var live = slots.Places.Where(place => place.IsLive && place.AddressSpace == space).Select(place => place.Slot).ToArray();
            for (var start = 0UL; start <= Window; start++)
            {
                if (!ReferenceEquals(slots.Find(new(start), space), live.SingleOrDefault(slot => slot.Gfns.Contains(new Gfn(start)))))
                {
                    return false;
                }

                for (var count = 1UL; count < 5; count++)
                {
                    var range = new GfnRange(new(start), count);
                    var except = live.FirstOrDefault(slot => slot.Gfns.Overlaps(range));
                    if (slots.AnyOverlap(range, space) != (except is not null)
                        || slots.AnyOverlap(range, space, except) != live.Any(slot => slot != except && slot.Gfns.Overlaps(range)))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }
}
