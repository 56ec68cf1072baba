using GuestMemory.Kvm;
using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>What KVM refuses of a TD's commands, in its order. Source: linux-kvm-tdx, a TD's commands.</summary>
public sealed class TdxCommandTests
{
    private const ulong At = KvmTdx.At;
    private const ulong Page = KvmTdx.Page;

    /// <summary>For every check of the commands a call that it decides, with other rules as given.</summary>
    private static readonly Dictionary<string, Func<RuleSwitches, KvmResult>> s_cases = new(StringComparer.Ordinal)
    {
        ["KVM_TDX/unknown"] = rules => new KvmTdx(rules: rules).Command((TdxCommand)250),
        ["KVM_TDX/arguments"] = rules => new KvmTdx(rules: rules).Command(TdxCommand.FinalizeVm, []),
        ["KVM_TDX_INIT_VM/once"] = rules => new KvmTdx(rules: rules).InitVm(),
        ["KVM_TDX_INIT_VM/flags"] = rules => Second(rules, KvmTdx.VeDisable, 48, 1),
        ["KVM_TDX_INIT_VM/attributes"] = rules => Second(rules, 1UL << 27, 48),
        ["KVM_TDX_INIT_VM/width"] = rules => Second(rules, KvmTdx.VeDisable, 57),
        ["KVM_TDX_INIT_VCPU/order"] = rules => new KvmTdx(rules: rules).Launch().Command(TdxCommand.InitVcpu),
        ["KVM_TDX_INIT_VCPU/flags"] = rules => new KvmTdx(rules: rules).Command(TdxCommand.InitVcpu, KvmTdx.Block(0, 0, 0, 1)),
        ["KVM_TDX_INIT_VCPU/once"] = rules => new KvmTdx(rules: rules).Command(TdxCommand.InitVcpu),
        ["KVM_TDX_INIT_MEM_REGION/order"] = rules => new KvmTdx(rules: rules).Launch() is var kvm ? kvm.AddRegion(At + Page, kvm.Memory, 1) : default,
        ["KVM_TDX_INIT_MEM_REGION/flags"] = rules => Region(rules, At, 1, flags: 2),
        ["KVM_TDX_INIT_MEM_REGION/region"] = rules => Region(rules, At, 0),
        ["KVM_TDX_FINALIZE_VM/order"] = rules => new KvmTdx(rules: rules).Launch().Command(TdxCommand.FinalizeVm),
        ["KVM_TDX_TERMINATE_VM/order"] = rules => new KvmTdx(rules: rules) is var kvm ? kvm.CommandOf(NewVm(kvm), TdxCommand.TerminateVm) : default,
    };

    private static readonly Check<TdxCommandCall, Errno>[] s_checks = [.. TdxCommandChecks.All.SelectMany(table => table.Checks)];

    public static TheoryData<string> CheckIds => [.. s_checks.Select(check => check.Id)];

    [Theory]
    [MemberData(nameof(CheckIds))]
    public void Every_check_decides_its_case_and_without_it_the_case_ends_otherwise(string id)
    {
        var result = s_cases[id](RuleSwitches.AllOn);
        Assert.Equal((s_checks.Single(check => check.Id == id).Answer, id), (result.Errno, result.DecidedBy?.Id));

        var exception = Record.Exception(() => result = s_cases[id](RuleSwitches.AllOn.Without(id)));
        Assert.True(exception is not null || result.DecidedBy?.Id != id, id);
    }

    // linux-kvm-tdx, INIT_MEM_REGION: whatever is no range of whole private pages.
    [Theory]
    [InlineData(At + 0x800, 0UL, 1UL)]
    [InlineData(At, 0x800UL, 1UL)]
    [InlineData(At | (1UL << 47), 0UL, 1UL)]
    [InlineData((1UL << 47) - Page, 0UL, 2UL)]
    [InlineData(1UL << 48, 0UL, 1UL)]
    [InlineData(At, 0UL, 1UL << 52)]
    [InlineData(0xffff_ffff_ffff_f000UL, 0UL, 2UL)]
    public void Regions_that_are_no_private_pages_are_refused(ulong gpa, ulong offset, ulong pages)
    {
        var kvm = new KvmTdx();

        var result = kvm.AddRegion(gpa, kvm.Memory + offset, pages);

        Assert.Equal((Errno.EINVAL, "KVM_TDX_INIT_MEM_REGION/region"), (result.Errno, result.DecidedBy?.Id));
    }

    // linux-kvm-tdx: the order of the checks, where a call breaks several.
    [Fact]
    public void The_first_check_in_KVM_s_order_decides()
    {
        var kvm = new KvmTdx();
        var vm = NewVm(kvm);

        Assert.Equal("KVM_TDX_INIT_VM/once", kvm.Command(TdxCommand.InitVm, KvmTdx.Block(1UL << 27, 57, 0, 1)).DecidedBy?.Id);
        Assert.Equal("KVM_TDX_INIT_VM/flags", kvm.CommandOf(vm, TdxCommand.InitVm, KvmTdx.Block(1UL << 27, 57, 0, 1)).DecidedBy?.Id);
        Assert.Equal("KVM_TDX_INIT_VM/attributes", kvm.CommandOf(vm, TdxCommand.InitVm, KvmTdx.Block(1UL << 27, 57)).DecidedBy?.Id);
        Assert.Equal("KVM_TDX_INIT_VCPU/order", kvm.CommandOf(vm, TdxCommand.InitVcpu, KvmTdx.Block(0, 0, 0, 1)).DecidedBy?.Id);
        Assert.Equal("KVM_TDX_INIT_MEM_REGION/order", kvm.CommandOf(vm, TdxCommand.InitMemRegion, KvmTdx.Block(1, 1, 0, 2)).DecidedBy?.Id);
        Assert.Equal("KVM_TDX_INIT_MEM_REGION/flags", kvm.AddRegion(1, 1, 0, 2).DecidedBy?.Id);
    }

    // linux-kvm-tdx: a vCPU's state needs its vCPU's TD, a region a vCPU.
    [Fact]
    public void A_region_waits_for_a_vCPU()
    {
        var kvm = new KvmTdx();
        var vm = NewVm(kvm);
        KvmTdx.Done(kvm.CommandOf(vm, TdxCommand.InitVm, KvmTdx.Block(0, 48)));

        Assert.Equal("KVM_TDX_INIT_MEM_REGION/order", kvm.CommandOf(vm, TdxCommand.InitMemRegion, KvmTdx.Block(kvm.Memory, At, 1)).DecidedBy?.Id);
        KvmTdx.Done(kvm.CommandOf(vm, TdxCommand.InitVcpu));
        Assert.Equal("KVM_TDX_INIT_MEM_REGION/slot", kvm.CommandOf(vm, TdxCommand.InitMemRegion, KvmTdx.Block(kvm.Memory, At, 1)).DecidedBy?.Id);
    }

    // A TD of 52-bit guest addresses has its SHARED bit at 51.
    [Fact]
    public void A_wide_TD_is_made_and_runs()
    {
        var kvm = new KvmTdx();
        var vm = NewVm(kvm);
        KvmTdx.Done(kvm.CommandOf(vm, TdxCommand.InitVm, KvmTdx.Block(0, 52)));

        var td = kvm.Host.TdOf(kvm.Kvm.VmOf(vm)!.Id)!;
        Assert.Equal((true, 1UL << 51, SeptLevel.Pml5), (td.IsWide, td.SharedBit, td.Sept!.RootLevel));
    }

    internal static int NewVm(KvmTdx kvm) => (int)KvmTdx.Done(kvm.Kvm.CreateVm(5));

    private static KvmResult Second(RuleSwitches rules, ulong attributes, ulong bits, ulong flags = 0)
    {
        var kvm = new KvmTdx(rules: rules);
        return kvm.CommandOf(NewVm(kvm), TdxCommand.InitVm, KvmTdx.Block(attributes, bits, 0, flags));
    }

    private static KvmResult Region(RuleSwitches rules, ulong gpa, ulong pages, ulong flags = 1)
    {
        var kvm = new KvmTdx(rules: rules);
        return kvm.AddRegion(gpa, kvm.Memory, pages, flags);
    }
}
