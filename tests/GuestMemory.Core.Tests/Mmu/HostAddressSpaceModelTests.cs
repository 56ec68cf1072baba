using Xunit;

namespace GuestMemory.Tests;

/// <summary>A process and a guest over its memory see, whatever is mapped, unmapped, protected or punched, the bytes of a page-by-page model.</summary>
public sealed class HostAddressSpaceModelTests
{
    private const HostRights ReadWrite = HostRights.Read | HostRights.Write;

    // systems.md 1.3: every change of what lies behind an address reaches the guest; with cached translations a missed one would read old bytes.
    [Fact]
    public void Process_and_guest_see_the_same_bytes() => Sequences.Of(HostStep.Any).Check(400, steps =>
    {
        var world = new World();
        foreach (var step in steps)
        {
            world.Apply(step);
            Assert.Equal(0, world.Inner.Vm.Sequence.InProgress);
            InvariantChecker.Sweep(world.Inner.Machine);
        }

        var kept = world.Inner.Machine.Mappings.Runs.ToArray();
        world.Inner.Machine.Mappings.Rebuild();
        Assert.Equal(kept, world.Inner.Machine.Mappings.Runs.ToArray());
    });

    /// <summary>A page of the model: the cell with its bytes, and what may be done.</summary>
    private sealed record Cell(ulong[] Bytes, ulong Index, HostRights Rights);

    private sealed class World
    {
        private readonly ulong[] _memfd = new ulong[HostStep.Pages];
        private readonly Cell?[] _pages = new Cell?[HostStep.Pages];
        private readonly BackingStore _store;

        public World()
        {
            Inner = TestWorld.Create(pages: HostStep.Pages, configure: options => options.CachesTranslations = true);
            _store = Inner.Machine.CreateStore(BackingProperties.Memfd, HostStep.Pages * 4096);
            SetAll(new(HostCall.MapAnonymous, 0, HostStep.Pages, 0, ReadWrite), page => new(new ulong[HostStep.Pages], page, ReadWrite));
        }

        public TestWorld Inner { get; }

        public void Apply(HostStep step)
        {
            var pages = TestWorld.HostPages(step.Page, step.Count);
            switch (step.Call)
            {
                case HostCall.Load or HostCall.Store or HostCall.GuestRead or HostCall.GuestWrite:
                    Access(step);
                    break;
                case HostCall.MapAnonymous:
                    var own = Inner.Machine.CreateStore(BackingProperties.Anonymous, HostStep.Pages * 4096);
                    Inner.Process.Map(pages, new(own.Id, new(step.Page), step.Rights, IsShared: false, -1, IsLocked: false));
                    var bytes = new ulong[HostStep.Pages];
                    SetAll(step, page => new(bytes, page, step.Rights));
                    break;
                case HostCall.MapMemfd:
                    Inner.Process.Map(pages, new(_store.Id, default, step.Rights, IsShared: true, 1, IsLocked: false));
                    SetAll(step, page => new(_memfd, page - step.Page, step.Rights));
                    break;
                case HostCall.Unmap:
                    Inner.Process.Unmap(pages);
                    SetAll(step, _ => null);
                    break;
                case HostCall.Discard:
                    Inner.Process.Discard(pages);
                    SetAll(step, page => Forget(_pages[page]));
                    break;
                case HostCall.Protect:
                    Protect(step, pages);
                    break;
                default:
                    _store.Punch(TestWorld.Pages(step.Page, step.Count));
                    _memfd.AsSpan((int)step.Page, (int)step.Count).Clear();
                    break;
            }
        }

        private void Protect(HostStep step, PageIndexRange pages)
        {
            if (Inner.Process.IsMapped(pages))
            {
                Inner.Process.Protect(pages, step.Rights);
                SetAll(step, page => _pages[page]! with { Rights = step.Rights });
            }
        }

        private void Access(HostStep step)
        {
            var cell = _pages[step.Page];
            var writes = step.Call is HostCall.Store or HostCall.GuestWrite;
            var expected = cell is null ? HostFault.NotMapped
                : (cell.Rights & (writes ? HostRights.Write : ReadWrite)) == 0 ? HostFault.NotPermitted
                : HostFault.None;
            var value = expected == HostFault.None && !writes ? cell!.Bytes[cell.Index] : 0;
            if (step.Call is HostCall.GuestRead or HostCall.GuestWrite)
            {
                var ended = writes ? Inner.Write(step.Page, step.Value) : Inner.Read(step.Page);
                Assert.Equal(expected == HostFault.None ? GuestAccess.Done(value) : GuestAccess.Refused(FaultVerdict.HostFault, CoreStatus.BadAddress), ended);
            }
            else
            {
                var read = 0UL;
                var at = TestWorld.Hva(step.Page);
                Assert.Equal(expected, writes ? Inner.Process.Store(at, 8, step.Value) : Inner.Process.Load(at, 8, out read));
                Assert.Equal(value, read);
            }

            if (writes && expected == HostFault.None)
            {
                cell!.Bytes[cell.Index] = step.Value;
            }
        }

        private Cell? Forget(Cell? cell)
        {
            if (cell is not null && cell.Bytes != _memfd)
            {
                cell.Bytes[cell.Index] = 0;
            }

            return cell;
        }

        private void SetAll(HostStep step, Func<ulong, Cell?> cell)
        {
            for (var page = step.Page; page < step.Page + step.Count; page++)
            {
                _pages[page] = cell(page);
            }
        }
    }
}
