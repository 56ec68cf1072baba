using GuestMemory.Kvm;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GuestMemory.Rmp.Tests.Registration;

public sealed class AddSevSnpTests
{
    [Fact]
    public void A_container_gives_machines_that_run_SNP_guests_beside_others()
    {
        var services = new ServiceCollection();
        services.AddGuestMemory(options => options.Frames = 1 << 16).AddKvm().AddSevSnp();

        var machine = services.BuildServiceProvider().GetRequiredService<MachineFactory>().Create();

        Assert.Equal([0UL, 1, 4], machine.Technologies.Select(technology => technology.VmType));
        Assert.IsType<RmpOwnershipTable>(machine.Ownership);
        Assert.True(new KvmHost(machine, host: new() { VmTypes = 0x13 }).CreateVm(4).IsSuccess);
    }

    [Fact]
    public void Registered_twice_there_is_one_kind_of_VM_and_the_last_options_count()
    {
        var services = new ServiceCollection();
        services.AddGuestMemory(options => options.Frames = 1 << 16).AddSevSnp().AddSevSnp(options => options with { Asids = 3 });

        var factory = services.BuildServiceProvider().GetRequiredService<MachineFactory>();

        Assert.Single(factory.Technologies);
        Assert.Equal(3, ((RmpOwnershipTable)factory.Create().Ownership).Host.Options.Asids);
    }

    [Fact]
    public void Options_out_of_range_are_refused_when_the_factory_is_made()
    {
        var services = new ServiceCollection();
        services.AddGuestMemory().AddSevSnp(options => options with { Attempts = 0 });

        Assert.Throws<ArgumentException>(() => services.BuildServiceProvider().GetRequiredService<MachineFactory>());
    }
}
