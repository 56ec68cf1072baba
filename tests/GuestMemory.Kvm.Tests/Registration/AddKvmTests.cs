using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GuestMemory.Kvm.Tests;

public class AddKvmTests
{
    [Fact]
    public void Both_kinds_of_VM_are_there_in_the_order_of_their_type_numbers()
    {
        using var provider = new ServiceCollection().AddGuestMemory().AddKvm().Services.BuildServiceProvider();

        Assert.Equal([OrdinaryVm.Instance, SoftwareProtectedVm.Instance], provider.GetRequiredService<MachineFactory>().Technologies);
    }

    [Fact]
    public void Adding_twice_adds_once()
    {
        var services = new ServiceCollection();
        services.AddGuestMemory().AddKvm().AddKvm();
        services.AddGuestMemory().AddKvm();
        using var provider = services.BuildServiceProvider();

        Assert.Equal(2, provider.GetServices<IGuestTechnology>().Count());
    }

    [Fact]
    public void A_host_on_a_machine_of_the_container_answers_as_one_made_by_hand()
    {
        using var provider = new ServiceCollection().AddGuestMemory().AddKvm().Services.BuildServiceProvider();

        var contained = new KvmHost(provider.GetRequiredService<MachineFactory>().Create());
        var byHand = new KvmHost(new MachineFactory(null, [OrdinaryVm.Instance, SoftwareProtectedVm.Instance]).Create());

        Assert.Equal(byHand.CreateVm(1), contained.CreateVm(1));
        Assert.Equal(byHand.Fingerprint(), contained.Fingerprint());
    }

    [Fact]
    public void Neither_machine_nor_host_is_registered()
    {
        var services = new ServiceCollection().AddGuestMemory().AddKvm().Services;

        Assert.DoesNotContain(services, service => service.ServiceType == typeof(Machine) || service.ServiceType == typeof(KvmHost));
    }

    [Fact]
    public void Nothing_is_added_to_no_builder() => Assert.Throws<ArgumentNullException>(() => ((GuestMemoryBuilder)null!).AddKvm());
}
