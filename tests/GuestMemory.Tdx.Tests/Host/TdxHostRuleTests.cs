using GuestMemory.Kvm;
using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>Every rule of the host's own has a case that it decides, with the errno Linux gives.</summary>
public sealed class TdxHostRuleTests
{
    private const ulong At = KvmTdx.At;
    private const ulong Page = KvmTdx.Page;
    private static readonly Gfn s_first = new(At >> 12);

    private static readonly Dictionary<string, Func<(ulong Code, Rule? Rule)>> s_cases = new(StringComparer.Ordinal)
    {
        [TdxHostRules.NoPage.Id] = () => Of(Second(full: true)),
        [TdxHostRules.Module.Id] = () => new KvmTdx() is var kvm && TdxCommandTests.NewVm(kvm) is var vm
            && kvm.CommandOf(vm, TdxCommand.InitVm, KvmTdx.Block(0, 48)).IsSuccess ? Of(kvm.CommandOf(vm, TdxCommand.FinalizeVm)) : default,
        [TdxHostRules.Busy.Id] = BusyFinalize,
        [TdxHostRules.NoHkid.Id] = () => Of(Second(KvmTdx.Platform with { HkidBits = 2, FirstPrivateHkid = new(2), ModuleHkid = new(2) })),
        [TdxHostRules.Parameters.Id] = () => Of(Second(KvmTdx.Platform with { AddressBits = 46 }, bits: 52)),
        [TdxHostRules.NotFinalized.Id] = () => new KvmTdx().Load(At) is var exit ? ((ulong)exit.Errno, exit.DecidedBy) : default,
        [TdxHostRules.PreFaultTooEarly.Id] = PreFaultEarly,
        [TdxHostRules.StillOwned.Id] = () => Launched() is var kvm ? Of(kvm.Machine.Ownership.Reclaim(new(kvm.FrameOf(At), 1))) : default,
        [TdxHostRules.Unwritten.Id] = NeverWrittenBack,
        [TdxHostRules.Taken.Id] = () => Launched() is var kvm
            ? Of(kvm.Machine.Ownership.Prepare(new(new(kvm.Hosted.Tdr, 1), kvm.Guest.Id, s_first, PageKind.Private))) : default,
        [TdxHostRules.Occupied.Id] = () => Launched() is var kvm ? Of(kvm.Guest.Mmu.Map(Request(kvm, s_first, PageSize.Size4K)).Detail) : default,
        [TdxHostRules.NoLargePages.Id] = () => Launched() is var kvm ? Of(kvm.Guest.Mmu.Map(Request(kvm, s_first + 512, PageSize.Size2M)).Detail) : default,
        [TdxHostRules.NoPromotion.Id] = () => Launched() is var kvm ? Of(kvm.Guest.Mmu.Merge(s_first, PageSize.Size2M).Detail) : default,
        [TdxHostRules.NoRelocation.Id] = () => Launched() is var kvm ? Of(kvm.Host.MovePage(kvm.Guest, s_first)) : default,
        [TdxHostRules.NoSource.Id] = () => Of(new KvmTdx().AddRegion(At, 0, 1)),
        [TdxHostRules.Unreadable.Id] = () => Of(new KvmTdx().AddRegion(At, Page, 1)),
        [TdxHostRules.Slot.Id] = () => new KvmTdx() is var kvm ? Of(kvm.AddRegion(At + kvm.Size, kvm.Memory, 1)) : default,
    };

    public static TheoryData<string> RuleIds => [.. TdxHostRules.All.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void Every_rule_decides_its_case(string id)
    {
        var rule = (TdxHostRule)TdxHostRules.All.Single(rule => rule.Id == id);

        var (code, decidedBy) = s_cases[id]();

        Assert.Equal((rule.Errno, id), ((Errno)code, decidedBy?.Id));
    }

    // Without the rule a page still in a TD goes to the pool.
    [Fact]
    public void Without_the_rule_a_page_still_in_a_TD_comes_back()
    {
        var kvm = new KvmTdx(rules: RuleSwitches.AllOn.Without(TdxHostRules.StillOwned.Id), observer: new CompositeObserver()).Launch();
        var frame = kvm.FrameOf(At);

        Assert.True(kvm.Machine.Ownership.Reclaim(new(frame, 1)).IsSuccess);

        Assert.Equal(PageType.Reg, kvm.Module.Pamt.LookUp(frame, out _).Type);
    }

    private static (ulong Code, Rule? Rule) Of(KvmResult result) => ((ulong)result.Errno, result.DecidedBy);

    private static (ulong Code, Rule? Rule) Of(Outcome outcome) => (outcome.Code, outcome.DecidedBy);

    private static KvmTdx Launched() => new KvmTdx(observer: new CompositeObserver()).Launch();

    private static KvmResult Second(TdxPlatform? platform = null, ulong bits = 48, bool full = false)
    {
        var kvm = new KvmTdx(new() { Platform = platform });
        var vm = TdxCommandTests.NewVm(kvm);
        if (full)
        {
            KvmTdx.Exhaust(kvm.Machine, 0);
        }

        return kvm.CommandOf(vm, TdxCommand.InitVm, KvmTdx.Block(KvmTdx.VeDisable, bits));
    }

    private static MapRequest Request(KvmTdx kvm, Gfn gfn, PageSize size)
    {
        Assert.True(kvm.Machine.Frames.TryTake(new(size.Order(), size.FrameCount(), FramePurpose.Guest), out var frames));
        return new(gfn, frames.Start, size, PageKind.Private, true, kvm.Guest.Sequence.Sample());
    }

    private static (ulong Code, Rule? Rule) BusyFinalize()
    {
        var kvm = new KvmTdx();
        kvm.Module.Locks.Take(HeldLock.Pamt(PageSize.Size4K, kvm.Hosted.Tdr), exclusive: false);
        var result = kvm.Command(TdxCommand.FinalizeVm);
        Assert.False(kvm.Guest.IsDead);
        return Of(result);
    }

    private static (ulong Code, Rule? Rule) PreFaultEarly()
    {
        var kvm = new KvmTdx();
        var (at, left) = (At, Page);
        return Of(kvm.Kvm.PreFaultMemory(kvm.Vm, ref at, ref left, 0, out _));
    }

    private static (ulong Code, Rule? Rule) NeverWrittenBack()
    {
        var kvm = Launched();
        var frame = kvm.FrameOf(At);
        kvm.Machine.Observer = new LockAfter(kvm.Module, TdxFunction.MemPageRemove, HeldLock.Pamt(PageSize.Size4K, frame));
        kvm.Convert(At + Page, Page, isPrivate: false);
        Assert.Equal(Errno.EIO, kvm.Kvm.SetMemoryAttributes(kvm.Vm, At, Page, 0).Errno);
        Assert.True(kvm.Guest.IsDead);
        Assert.Equal(PageType.Nda, kvm.Module.Pamt.LookUp(frame, out _).Type);
        return Of(kvm.Machine.Ownership.Reclaim(new(frame, 1)));
    }
}
