using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Tests;

public sealed class ReverseIndexTests
{
    private static readonly Gen<(bool Adds, ulong Start, ulong Count, PageKind Kind)> Changes =
        from adds in Gen.Elements(true, true, false)
        from start in Sequences.Below(12)
        from count in Sequences.Below(6)
        from kind in Gen.Elements(PageKind.Shared, PageKind.Private)
        select (adds, start, count, kind);

    [Fact]
    public void Counts_are_those_of_a_list_of_entries() => Sequences.Of(Changes).Check(300, changes =>
    {
        var index = new ReverseIndex();
        var entries = new List<(PfnRange Frames, PageKind Kind)>();
        foreach (var (adds, start, count, kind) in changes)
        {
            var frames = new PfnRange(new(start), count);
            if (adds)
            {
                index.Add(frames, kind);
                entries.Add((frames, kind));
            }
            else if (entries.Remove((frames, kind)))
            {
                index.Remove(frames, kind);
            }
        }

        for (var frame = new Pfn(0); frame.Value < 20; frame += 1)
        {
            Assert.Equal(entries.Count(entry => entry.Frames.Contains(frame) && entry.Kind == PageKind.Shared), index[frame].Of(PageKind.Shared));
            Assert.Equal(entries.Count(entry => entry.Frames.Contains(frame) && entry.Kind == PageKind.Private), index[frame].Of(PageKind.Private));
            Assert.Equal(index[frame].Shared > 0, index.AnyMapped(new(frame, 1), KindFilter.Shared));
            Assert.Equal(index[frame] != default, index.AnyMapped(new(frame, 1), KindFilter.Both));
            Assert.False(index.AnyMapped(new(frame, 1), KindFilter.None));
        }
    });

    [Fact]
    public void Losing_an_entry_that_never_was_is_a_broken_invariant()
    {
        var index = new ReverseIndex();
        index.Add(new(new(1), 2), PageKind.Shared);

        Assert.Throws<ModelInvariantException>(() => index.Remove(new(new(1), 2), PageKind.Private));
        Assert.Throws<ModelInvariantException>(() => index.Remove(new(new(2), 2), PageKind.Shared));
        Assert.Throws<ModelInvariantException>(() => index.StillMapped(new(new(1), 1), KindFilter.Shared));
    }

    [Fact]
    public void Counts_read_back_take_the_place_of_all_there_was()
    {
        var index = new ReverseIndex();
        index.Add(new(new(1), 4), PageKind.Shared);
        index.Add(new(new(2), 1), PageKind.Private);
        index.Add(new(new(9), 1), PageKind.Private);
        var runs = index.Runs.ToArray();
        Assert.Equal(4, runs.Length);
        var writer = new StateWriter([]);
        index.WriteState(ref writer);
        index.Remove(new(new(2), 1), PageKind.Private);
        index.Add(new(new(0), 30), PageKind.Shared);

        StateReader.ReadWhole(writer.Written, index);

        Assert.Equal(runs, index.Runs.ToArray());
        Assert.Equal(new MapCounts(1, 1), index[new(2)]);
    }

    // systems.md 1.3, rmap: "who maps this frame, and as what" names every holder, in one order whoever came first.
    [Fact]
    public void Every_holder_of_a_frame_is_named()
    {
        var world = TestWorld.Create(anonymous: false);
        world.Process.Store(TestWorld.Hva(3), 8, 1);
        world.Process.Map(TestWorld.HostPages(100, 1), new(world.SharedStore.Id, new(3), HostRights.Read, IsShared: true, 1, IsLocked: false));
        world.Process.Load(TestWorld.Hva(100), 8, out _);
        Assert.Equal(GuestAccess.Done(1), world.Read(3));
        world.SharedStore.TryLookUp(new(3), out var page);
        world.Machine.Frames.Pin(new(page.Frame, 1), PinOwner.Vfio);

        var named = world.Machine.Mappings.WhoMaps(new(page.Frame, 1));

        Assert.Equal(
            [
                new(new(MapperKind.NestedTable, 1), new(page.Frame, 1), TestWorld.Base + 3, PageKind.Shared, AwaitsFlush: false),
                new(new(MapperKind.HostProcess, 0), new(page.Frame, 1), TestWorld.HostBase + 3, PageKind.Shared, AwaitsFlush: false),
                new(new(MapperKind.HostProcess, 0), new(page.Frame, 1), TestWorld.HostBase + 100, PageKind.Shared, AwaitsFlush: false),
                new(new(MapperKind.Pin, 0), new(page.Frame, 1), 0, PageKind.Shared, AwaitsFlush: false),
            ],
            named);
        Assert.Equal(4, world.Machine.Mappings[page.Frame].Shared);
    }

    [Fact]
    public void A_part_of_a_mapping_is_named_with_its_own_input_page()
    {
        var world = TestWorld.Create(BackingProperties.GuestMemfd with { LargestOrder = 9 }, pages: 512);
        world.Convert(0, 512, PageKind.Private);
        world.Read(0);

        var mapping = Assert.Single(world.Machine.Mappings.WhoMaps(new(world.FrameOf(100), 7)));

        Assert.Equal((TestWorld.Base + 100, 7UL, PageKind.Private), (mapping.InputPage, mapping.Frames.Count, mapping.Kind));
    }

    // The order in which holders came leaves no trace: a machine read back from bytes names the same one first.
    [Fact]
    public void Mappers_are_sorted_by_what_they_are()
    {
        var machine = new MachineFactory(null, [new TestTechnology()]).Create();
        machine.CreateProcess();
        machine.CreateVm(machine.Technologies[0]);
        machine.CreateProcess();

        Assert.Equal(
            [new(MapperKind.NestedTable, 1), new(MapperKind.HostProcess, 0), new(MapperKind.HostProcess, 1), new MapperId(MapperKind.Pin, 0)],
            machine.Mappings.Mappers.Select(mapper => mapper.Id));
    }
}
