using GuestMemory.Testing.Xunit;

namespace GuestMemory.Tests.Contracts;

/// <summary>The contract of a store of the machine's own, whatever it allows.</summary>
public abstract class CoreBackingStoreContract(BackingProperties properties) : BackingStoreFacts
{
    protected override IBackingStore CreateStore(Machine machine, ulong pages)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return machine.CreateStore(properties, pages * 4096, PageKind.Private);
    }

    protected override void MarkPrepared(IBackingStore store, PageIndexRange pages) =>
        ((BackingStore)store).AddFlags(pages, StoredPageFlags.Prepared);
}

public sealed class GuestMemfdContractTests() : CoreBackingStoreContract(BackingProperties.GuestMemfd);

public sealed class MappableGuestMemfdContractTests() : CoreBackingStoreContract(BackingProperties.MappableGuestMemfd);

/// <summary>Not mainline: guest_memfd that takes large runs where it can.</summary>
public sealed class LargeGuestMemfdContractTests() : CoreBackingStoreContract(BackingProperties.GuestMemfd with { LargestOrder = 18 });

public sealed class AnonymousContractTests() : CoreBackingStoreContract(BackingProperties.Anonymous);

public sealed class MemfdContractTests() : CoreBackingStoreContract(BackingProperties.Memfd);

public sealed class RestrictedmemContractTests() : CoreBackingStoreContract(BackingProperties.Restrictedmem);

public sealed class Hugetlb2MContractTests() : CoreBackingStoreContract(BackingProperties.Hugetlb2M);

public sealed class Hugetlb1GContractTests() : CoreBackingStoreContract(BackingProperties.Hugetlb1G);

public sealed class SecretmemContractTests() : CoreBackingStoreContract(BackingProperties.Secretmem);
