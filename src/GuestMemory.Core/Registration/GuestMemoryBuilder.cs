using Microsoft.Extensions.DependencyInjection;

namespace GuestMemory;

/// <summary>What <c>AddGuestMemory</c> returns: each architecture extends it by a method that registers its kinds of VM.</summary>
/// <remarks>Immutable; the collection it holds is not.</remarks>
public sealed class GuestMemoryBuilder
{
    /// <summary>Creates a builder.</summary>
    /// <param name="services">Where to register.</param>
    public GuestMemoryBuilder(IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        Services = services;
    }

    /// <summary>Where everything is registered.</summary>
    public IServiceCollection Services { get; }
}
