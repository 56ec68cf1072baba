namespace GuestMemory.Kvm;

/// <summary>An ordinary VM (KVM_X86_DEFAULT_VM): nothing of it is private.</summary>
public sealed class OrdinaryVm : IGuestTechnology
{
    /// <summary>The one instance; it holds nothing.</summary>
    public static OrdinaryVm Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "ordinary VM";

    /// <inheritdoc/>
    public ulong VmType => 0;

    /// <inheritdoc/>
    public TechnologyTraits Traits { get; } = new(HasPrivateMemory: false, HasSystemManagementMode: true, PrivateBytesSurviveUnmap: true);

    /// <inheritdoc/>
    public ISecondaryMmu CreateMmu(VirtualMachine vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return vm.CreateNestedPageTable();
    }

    /// <inheritdoc/>
    public PageKind WantedKind(PageKind attribute, bool? asksPrivate) => PageKind.Shared;

    /// <inheritdoc/>
    public Outcome Command(VirtualMachine vm, uint command, Span<byte> data) => TechnologyRules.NoCommands.Refuse();
}
