using GuestMemory.Kvm;
using GuestMemory.Rmp;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GuestMemory.Tdx.Tests.Registration;

public sealed class AddTdxTests
{
    [Fact]
    public void A_container_gives_machines_that_run_TDs_beside_others()
    {
        var services = new ServiceCollection();
        services.AddGuestMemory(options => options.Frames = 1 << 16).AddKvm().AddTdx();

        var machine = services.BuildServiceProvider().GetRequiredService<MachineFactory>().Create();

        Assert.Equal([0UL, 1, 5], machine.Technologies.Select(technology => technology.VmType));
        Assert.IsType<PamtOwnershipTable>(machine.Ownership);
        Assert.True(new KvmHost(machine, host: new() { VmTypes = 0x23 }).CreateVm(5).IsSuccess);
    }

    [Fact]
    public void Registered_twice_there_is_one_kind_of_VM_and_the_last_options_count()
    {
        var services = new ServiceCollection();
        services.AddGuestMemory(options => options.Frames = 1 << 16).AddTdx().AddTdx(options => options with { Hypothetical = new() { Promotes = true } });

        var factory = services.BuildServiceProvider().GetRequiredService<MachineFactory>();

        Assert.Single(factory.Technologies);
        Assert.True(((PamtOwnershipTable)factory.Create().Ownership).Host.Options.Hypothetical.Promotes);
    }

    [Fact]
    public void Options_the_host_cannot_drive_are_refused_by_name_when_the_factory_is_made()
    {
        var services = new ServiceCollection();
        services.AddGuestMemory().AddTdx(options => options with { Version = TdxModuleVersion.V1Dot5Dot01 with { HasDynamicPamt = true } });

        var error = Assert.Throws<ArgumentException>(() => services.BuildServiceProvider().GetRequiredService<MachineFactory>());
        Assert.Contains(nameof(TdxHostOptions.Version), error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(TdxHostOptions.Hypothetical), Assert.Throws<ArgumentException>(() => new TdxHostOptions { Hypothetical = null! }.Validated()).Message, StringComparison.Ordinal);
        Assert.Contains(nameof(TdxHostOptions.Version), Assert.Throws<ArgumentException>(() => new TdxHostOptions { Version = null! }.Validated()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_platform_that_cannot_be_is_refused_when_a_machine_is_made()
    {
        var services = new ServiceCollection();
        services.AddGuestMemory(options => options.Frames = 1 << 16).AddTdx(options => options with { Platform = new TdxPlatform(new Tdmr(default, 1UL << 30)) { Packages = 0 } });

        var factory = services.BuildServiceProvider().GetRequiredService<MachineFactory>();
        Assert.Contains(nameof(TdxPlatform.Packages), Assert.Throws<ArgumentException>(() => factory.Create()).Message, StringComparison.Ordinal);
    }

    // A machine has one ownership table, the last registered; a VM of the other kind says what to do, and leaves nothing behind.
    [Fact]
    public void With_two_technologies_the_last_one_s_VMs_run_and_the_others_say_why_not()
    {
        foreach (var isTdxLast in new[] { true, false })
        {
            var services = new ServiceCollection();
            var builder = services.AddGuestMemory(options => options.Frames = 1 << 16).AddKvm();
            _ = isTdxLast ? builder.AddSevSnp().AddTdx() : builder.AddTdx().AddSevSnp();
            var machine = services.BuildServiceProvider().GetRequiredService<MachineFactory>().Create();
            var kvm = new KvmHost(machine, host: new() { VmTypes = 0x33 });
            var (runs, refused, table) = isTdxLast ? (5UL, 4UL, nameof(RmpOwnershipTable)) : (4UL, 5UL, nameof(PamtOwnershipTable));

            Assert.Equal(isTdxLast, machine.Ownership is PamtOwnershipTable);
            Assert.True(kvm.CreateVm(runs).IsSuccess);
            var before = kvm.WriteState().ToArray();
            var error = Assert.Throws<InvalidOperationException>(() => kvm.CreateVm(refused));

            Assert.Contains(table, error.Message, StringComparison.Ordinal);
            Assert.Equal(before, kvm.WriteState().ToArray());
            Assert.True(kvm.CreateVm(1).IsSuccess);
        }
    }
}
