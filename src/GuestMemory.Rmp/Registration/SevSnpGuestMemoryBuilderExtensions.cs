using GuestMemory;
using GuestMemory.Rmp;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers AMD SEV-SNP.</summary>
public static class SevSnpGuestMemoryBuilderExtensions
{
    /// <summary>Registers <see cref="SnpVm"/>, and gives the container's machines a Reverse Map Table as their ownership table.</summary>
    /// <param name="builder">What <c>AddGuestMemory</c> returned.</param>
    /// <param name="configure">Makes the host's options from the defaults; <see langword="null"/> for the defaults. Called when the first machine's options are made.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>Called again, it replaces the host's options; there is still one kind of SNP VM.</remarks>
    public static GuestMemoryBuilder AddSevSnp(this GuestMemoryBuilder builder, Func<SnpHostOptions, SnpHostOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IGuestTechnology>(SnpVm.Instance));
        builder.Services.AddGuestMemory(options =>
        {
            var host = (configure?.Invoke(SnpHostOptions.Default) ?? SnpHostOptions.Default).Validated();
            options.OwnershipTable = machine => new RmpOwnershipTable(machine, host);
        });
        return builder;
    }
}
