using GuestMemory;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the model in a container. Nothing needs one: <c>new MachineFactory(options, technologies)</c> is the same factory.</summary>
public static class GuestMemoryServiceCollectionExtensions
{
    /// <summary>Registers one <see cref="MachineFactory"/>, built from the configured options and every registered <see cref="IGuestTechnology"/>, in the order they were registered.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configure">Changes the options of the machines; <see langword="null"/> for the defaults. Called when the factory is first asked for.</param>
    /// <returns>What the architectures extend.</returns>
    /// <remarks>
    /// <para>A <see cref="Machine"/> is never registered: it is not thread-safe and a test owns its own, made by <see cref="MachineFactory.Create"/>.</para>
    /// <para>Called again, it adds <paramref name="configure"/> after the earlier ones; there is still one factory. A factory registered before stays.</para>
    /// <para>
    /// Options are checked once all changes are made, when the factory is first asked for: an option out of range, and two technologies of one
    /// type number, throw <see cref="ArgumentException"/> there, naming what is wrong. From then on the options are frozen.
    /// </para>
    /// </remarks>
    public static GuestMemoryBuilder AddGuestMemory(this IServiceCollection services, Action<MachineOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (configure is not null)
        {
            services.AddSingleton(new MachineConfiguration(configure));
        }

        services.TryAddSingleton(CreateFactory);
        return new(services);
    }

    private static MachineFactory CreateFactory(IServiceProvider provider)
    {
        var options = new MachineOptions();
        foreach (var configuration in provider.GetServices<MachineConfiguration>())
        {
            configuration.Apply(options);
        }

        return new(options, provider.GetServices<IGuestTechnology>());
    }
}
