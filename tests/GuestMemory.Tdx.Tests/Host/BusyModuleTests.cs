using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

public sealed class BusyModuleTests
{
    private const ulong At = KvmTdx.At + KvmTdx.Page;

    // tdx.md, 12: BUSY is tried once more with the vCPUs kept out.
    [Fact]
    public void A_lock_that_is_let_go_meanwhile_costs_one_more_try()
    {
        var kvm = Running();
        var held = HeldLock.SeptTree(kvm.Hosted.Tdr);
        kvm.Module.Locks.Take(held, exclusive: true);
        kvm.Host.VcpusKicked = _ =>
        {
            if (kvm.Module.Locks.Any)
            {
                kvm.Module.Locks.Release(held);
            }
        };

        kvm.Convert(At, KvmTdx.Page, isPrivate: false);

        Assert.Equal(SeptEntryState.Free, kvm.Entry(At).State);
        Assert.False(kvm.Guest.IsDead);
    }

    // tdx.md, 12: what cannot be unmapped kills the VM; the frame is leaked, not given to the next.
    [Fact]
    public void A_page_that_cannot_be_unmapped_kills_the_VM_and_is_leaked()
    {
        var kvm = Running();
        var frame = kvm.FrameOf(At);
        kvm.Module.Locks.Take(HeldLock.SeptTree(kvm.Hosted.Tdr), exclusive: true);

        kvm.Punch(KvmTdx.Page, KvmTdx.Page);

        Assert.True(kvm.Guest.IsDead);
        Assert.Equal(FrameState.Leaked, kvm.Machine.Frames[frame]);
        Assert.Equal(Errno.EIO, kvm.Load(KvmTdx.At).Errno);
        Assert.Equal(Errno.EIO, kvm.Kvm.SetMemoryAttributes(kvm.Vm, KvmTdx.At, KvmTdx.Page, 0).Errno);
    }

    [Fact]
    public void A_conversion_that_cannot_unmap_answers_EIO_and_stores_nothing()
    {
        var kvm = Running();
        kvm.Module.Locks.Take(HeldLock.SeptTree(kvm.Hosted.Tdr), exclusive: true);

        Assert.Equal(Errno.EIO, kvm.Kvm.SetMemoryAttributes(kvm.Vm, At, KvmTdx.Page, 0).Errno);

        Assert.Equal(PageKind.Private, kvm.Guest.Attributes.KindOf(new(At >> 12)));
    }

    // The shared side's frames are the VMM's memory: it may take them away whatever became of the private side.
    [Fact]
    public void Shared_translations_go_even_where_private_ones_cannot()
    {
        var kvm = Running();
        kvm.Convert(At + KvmTdx.Page, KvmTdx.Page, isPrivate: false);
        kvm.Store(At + KvmTdx.Page, 1, isPrivate: false);
        Assert.True(kvm.Guest.Mmu.TryTranslate(new((At + KvmTdx.Page) >> 12), out var shared));
        kvm.Module.Locks.Take(HeldLock.Pamt(PageSize.Size4K, kvm.FrameOf(At)), exclusive: true);

        Assert.Equal(Errno.EIO, kvm.Kvm.SetMemoryAttributes(kvm.Vm, At, 2 * KvmTdx.Page, 0).Errno);

        // The process's own entry is left.
        Assert.Equal(1, kvm.Machine.Mappings[shared.Frame].Shared);
        KvmTdx.Done(kvm.Kvm.Madvise(kvm.Memory + (2 * KvmTdx.Page), KvmTdx.Page, GuestMemory.Kvm.MemoryAdvice.DontNeed, out _));
        Assert.Equal(FrameState.Free, kvm.Machine.Frames[shared.Frame]);
    }

    // A slot or file that goes while its pages cannot be unmapped: their frames are leaked then and there, and everything closes.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_slot_or_file_that_goes_from_a_locked_TD_costs_its_pages_and_nothing_else(bool deletesSlot)
    {
        var kvm = Running();
        var held = HeldLock.SeptTree(kvm.Hosted.Tdr);
        kvm.Module.Locks.Take(held, exclusive: true);

        KvmTdx.Done(deletesSlot ? kvm.Kvm.SetUserMemoryRegion2(kvm.Vm, new(0, 0, 0, 0, 0)) : kvm.Kvm.Close(kvm.File));

        Assert.True(kvm.Guest.IsDead);
        Assert.Equal(2UL, kvm.Machine.Frames.CountOf(FrameState.Leaked));
        kvm.Module.Locks.Release(held);
        kvm.Kvm.Close(kvm.File);
        KvmTdx.Done(kvm.Kvm.Close(kvm.Kvm.Descriptors.Find(new(GuestMemory.Kvm.OpenFileKind.Vcpu, kvm.Guest.Id.Value))));
        KvmTdx.Done(kvm.Kvm.Close(kvm.Vm));
        Assert.DoesNotContain(kvm.Module.Pamt.Runs(), run => run.Entry.IsUsed);
        Assert.Equal(2UL, kvm.Machine.Frames.CountOf(FrameState.Leaked));
    }

    private static KvmTdx Running()
    {
        var kvm = new KvmTdx().Launch();
        kvm.Accept(At);
        return kvm;
    }
}
