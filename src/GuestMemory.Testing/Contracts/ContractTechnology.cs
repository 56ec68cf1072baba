namespace GuestMemory.Testing;

/// <summary>A VM of no particular kind, whose tree is the one a contract tests.</summary>
internal sealed class ContractTechnology(Func<VirtualMachine, ISecondaryMmu>? createMmu = null) : IGuestTechnology
{
    /// <inheritdoc/>
    public string Name => "contract";

    /// <inheritdoc/>
    public ulong VmType => 0;

    /// <inheritdoc/>
    public TechnologyTraits Traits { get; } = new(HasPrivateMemory: true, HasSystemManagementMode: false, PrivateBytesSurviveUnmap: true);

    /// <inheritdoc/>
    public ISecondaryMmu CreateMmu(VirtualMachine vm) => createMmu?.Invoke(vm) ?? vm.CreateNestedPageTable();

    /// <inheritdoc/>
    public PageKind WantedKind(PageKind attribute, bool? asksPrivate) => attribute;

    /// <inheritdoc/>
    public Outcome Command(VirtualMachine vm, uint command, Span<byte> data) => Outcome.Success;
}
