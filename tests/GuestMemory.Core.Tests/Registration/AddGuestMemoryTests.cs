using GuestMemory.Kvm;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GuestMemory.Tests;

public class AddGuestMemoryTests
{
    [Fact]
    public void There_is_one_factory_however_often_it_is_asked_for()
    {
        using var provider = Provider(services => services.AddGuestMemory());

        Assert.Same(provider.GetRequiredService<MachineFactory>(), provider.GetRequiredService<MachineFactory>());
    }

    [Fact]
    public void Without_a_change_the_options_are_the_defaults()
    {
        using var provider = Provider(services => services.AddGuestMemory());

        Assert.Equal(new MachineOptions().Frames, provider.GetRequiredService<MachineFactory>().Options.Frames);
    }

    [Fact]
    public void Changes_of_several_calls_are_made_in_order_to_the_options_of_one_factory()
    {
        using var provider = Provider(services =>
        {
            services.AddGuestMemory(options => (options.Frames, options.CachesTranslations) = (64, true));
            services.AddGuestMemory(options => options.Frames *= 2);
        });

        var options = Assert.Single(provider.GetServices<MachineFactory>()).Options;
        Assert.Equal(128UL, options.Frames);
        Assert.True(options.CachesTranslations);
    }

    [Fact]
    public void The_options_are_frozen_once_the_factory_is_made()
    {
        using var provider = Provider(services => services.AddGuestMemory());

        var options = provider.GetRequiredService<MachineFactory>().Options;

        Assert.Throws<InvalidOperationException>(() => options.Frames = 64);
    }

    [Fact]
    public void An_option_out_of_range_is_named_when_the_factory_is_asked_for()
    {
        using var provider = Provider(services => services.AddGuestMemory(options => options.Frames = 1));

        var exception = Assert.Throws<ArgumentException>(provider.GetRequiredService<MachineFactory>);
        Assert.Contains(nameof(MachineOptions.Frames), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Technologies_come_in_the_order_they_were_registered()
    {
        using var provider = Provider(services =>
        {
            services.AddSingleton<IGuestTechnology>(SoftwareProtectedVm.Instance);
            services.AddGuestMemory();
            services.AddSingleton<IGuestTechnology>(OrdinaryVm.Instance);
        });

        Assert.Equal([SoftwareProtectedVm.Instance, OrdinaryVm.Instance], provider.GetRequiredService<MachineFactory>().Technologies);
    }

    [Fact]
    public void Two_technologies_of_one_type_number_are_named_when_the_factory_is_asked_for()
    {
        using var provider = Provider(services =>
        {
            services.AddGuestMemory();
            services.AddSingleton<IGuestTechnology>(OrdinaryVm.Instance);
            services.AddSingleton<IGuestTechnology>(OrdinaryVm.Instance);
        });

        var exception = Assert.Throws<ArgumentException>(provider.GetRequiredService<MachineFactory>);
        Assert.Contains(OrdinaryVm.Instance.Name, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_is_never_registered()
    {
        var services = new ServiceCollection();

        services.AddGuestMemory(_ => { });

        Assert.DoesNotContain(services, service => service.ServiceType == typeof(Machine) || service.ImplementationType == typeof(Machine));
    }

    [Fact]
    public void A_factory_registered_before_stays()
    {
        var mine = new MachineFactory();
        using var provider = Provider(services => services.AddSingleton(mine).AddGuestMemory());

        Assert.Same(mine, Assert.Single(provider.GetServices<MachineFactory>()));
    }

    [Fact]
    public void The_builder_holds_the_collection()
    {
        var services = new ServiceCollection();

        Assert.Same(services, services.AddGuestMemory().Services);
    }

    [Fact]
    public void Without_a_container_the_same_machine_is_made()
    {
        using var provider = Provider(services => services.AddGuestMemory(options => options.Frames = 64));

        var contained = provider.GetRequiredService<MachineFactory>().Create();

        Assert.Equal(new MachineFactory(new() { Frames = 64 }).Create().Fingerprint(), contained.Fingerprint());
    }

    [Fact]
    public void Nothing_is_registered_in_no_collection()
    {
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddGuestMemory());
        Assert.Throws<ArgumentNullException>(() => new GuestMemoryBuilder(null!));
    }

    private static ServiceProvider Provider(Action<IServiceCollection> register)
    {
        var services = new ServiceCollection();
        register(services);
        return services.BuildServiceProvider();
    }
}
