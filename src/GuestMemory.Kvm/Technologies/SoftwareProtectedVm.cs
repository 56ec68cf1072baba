namespace GuestMemory.Kvm;

/// <summary>A software-protected VM (KVM_X86_SW_PROTECTED_VM): private memory without hardware, for development. What an access wants is what the attribute says.</summary>
public sealed class SoftwareProtectedVm : IGuestTechnology
{
    /// <summary>The one instance; it holds nothing.</summary>
    public static SoftwareProtectedVm Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "software-protected VM";

    /// <inheritdoc/>
    public ulong VmType => 1;

    /// <inheritdoc/>
    public TechnologyTraits Traits { get; } = new(
        HasPrivateMemory: true, HasSystemManagementMode: false, PrivateBytesSurviveUnmap: true);

    /// <inheritdoc/>
    public ISecondaryMmu CreateMmu(VirtualMachine vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return vm.CreateNestedPageTable();
    }

    /// <inheritdoc/>
    public PageKind WantedKind(PageKind attribute, bool? asksPrivate) => attribute;

    /// <inheritdoc/>
    public Outcome Command(VirtualMachine vm, uint command, Span<byte> data) => TechnologyRules.NoCommands.Refuse();
}
