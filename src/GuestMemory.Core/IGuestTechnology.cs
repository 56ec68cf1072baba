namespace GuestMemory;

/// <summary>What makes a VM the kind it is: its type number, its tables, its wanted-kind rule, its own commands.</summary>
/// <remarks>The one seam by which architectures plug into the kernel's face, which knows none of them by name. Implementations hold no state of a VM.</remarks>
public interface IGuestTechnology
{
    /// <summary>Its name, for people.</summary>
    string Name { get; }

    /// <summary>The type number KVM_CREATE_VM takes.</summary>
    ulong VmType { get; }

    /// <summary>What its VMs can do.</summary>
    TechnologyTraits Traits { get; }

    /// <summary>What its vCPUs do beyond plain ones. Default: nothing.</summary>
    IGuestProcessor? Processor => null;

    /// <summary>Creates the tree that translates a VM's guest frames.</summary>
    /// <param name="vm">The VM.</param>
    ISecondaryMmu CreateMmu(VirtualMachine vm);

    /// <summary>The kind an access wants: the guest's own say (C-bit, SHARED bit), or the attribute where the guest has none.</summary>
    /// <param name="attribute">The frame's kind by its attribute.</param>
    /// <param name="asksPrivate">What the guest's own translation asks for; <see langword="null"/> when it cannot say.</param>
    PageKind WantedKind(PageKind attribute, bool? asksPrivate);

    /// <summary>Runs one of the technology's own VM commands (SNP launch, TDX init and finalize).</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="command">Its number.</param>
    /// <param name="data">Its argument block, read and written.</param>
    /// <returns>The technology's status.</returns>
    Outcome Command(VirtualMachine vm, uint command, Span<byte> data);

    /// <summary>A VM ends: the technology gives back what it holds for it (table pages, keys, parcels). Translations are still there. Default: nothing.</summary>
    /// <param name="vm">The VM.</param>
    void End(VirtualMachine vm)
    {
    }

    /// <summary>A VM has ended and its translations are gone: what could not be given back before them goes now. Default: nothing.</summary>
    /// <param name="vm">The VM.</param>
    void Ended(VirtualMachine vm)
    {
    }
}
