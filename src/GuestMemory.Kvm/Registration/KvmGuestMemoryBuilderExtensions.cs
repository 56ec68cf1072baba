using GuestMemory;
using GuestMemory.Kvm;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers Linux's own kinds of VM.</summary>
public static class KvmGuestMemoryBuilderExtensions
{
    /// <summary>Registers <see cref="OrdinaryVm"/> and <see cref="SoftwareProtectedVm"/>, each once however often this is called.</summary>
    /// <param name="builder">What <c>AddGuestMemory</c> returned.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>No host is registered: a <see cref="KvmHost"/> runs on one machine, and a test makes both.</remarks>
    public static GuestMemoryBuilder AddKvm(this GuestMemoryBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IGuestTechnology>(OrdinaryVm.Instance));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IGuestTechnology>(SoftwareProtectedVm.Instance));
        return builder;
    }
}
