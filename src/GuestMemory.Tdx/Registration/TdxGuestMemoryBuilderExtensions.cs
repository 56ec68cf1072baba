using GuestMemory;
using GuestMemory.Tdx;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers Intel TDX.</summary>
public static class TdxGuestMemoryBuilderExtensions
{
    /// <summary>Registers <see cref="TdxVm"/>, and gives the container's machines a PAMT as their ownership table.</summary>
    /// <param name="builder">What <c>AddGuestMemory</c> returned.</param>
    /// <param name="configure">Makes the host's options from the defaults; <see langword="null"/> for the defaults. Called when the first machine's options are made.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>Called again, it replaces the host's options; there is still one kind of TDX VM. A machine has one ownership table: the technology registered last.</remarks>
    public static GuestMemoryBuilder AddTdx(this GuestMemoryBuilder builder, Func<TdxHostOptions, TdxHostOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IGuestTechnology>(TdxVm.Instance));
        builder.Services.AddGuestMemory(options =>
        {
            var host = (configure?.Invoke(TdxHostOptions.Default) ?? TdxHostOptions.Default).Validated();
            options.OwnershipTable = machine => new PamtOwnershipTable(machine, host);
        });
        return builder;
    }
}
