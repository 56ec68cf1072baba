namespace GuestMemory.Rmp;

/// <summary>A VM with SEV-SNP (KVM_X86_SNP_VM). Its machine's ownership table is an <see cref="RmpOwnershipTable"/>.</summary>
public sealed class SnpVm : IGuestTechnology
{
    /// <summary>The one instance; it holds nothing.</summary>
    public static SnpVm Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "SEV-SNP VM";

    /// <inheritdoc/>
    public ulong VmType => 4;

    /// <inheritdoc/>
    public TechnologyTraits Traits { get; } = new(HasPrivateMemory: true, HasSystemManagementMode: false, PrivateBytesSurviveUnmap: true);

    /// <inheritdoc/>
    public IGuestProcessor? Processor => SnpProcessor.Instance;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The machine's ownership table is none with an RMP.</exception>
    public ISecondaryMmu CreateMmu(VirtualMachine vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        _ = HostOf(vm);
        return vm.CreateNestedPageTable();
    }

    /// <inheritdoc/>
    public PageKind WantedKind(PageKind attribute, bool? asksPrivate) =>
        asksPrivate is { } isPrivate ? isPrivate ? PageKind.Private : PageKind.Shared : attribute;

    /// <inheritdoc/>
    public Outcome Command(VirtualMachine vm, uint command, Span<byte> data)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return new SnpLaunch(vm, HostOf(vm)).Run(command, data);
    }

    /// <inheritdoc/>
    public void End(VirtualMachine vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        new SnpLaunch(vm, HostOf(vm)).End();
    }

    internal static SnpHost HostOf(VirtualMachine vm) => vm.Machine.Ownership is RmpOwnershipTable table
        ? table.Host
        : throw new InvalidOperationException($"A machine for SEV-SNP VMs needs an {nameof(RmpOwnershipTable)}; set {nameof(MachineOptions)}.{nameof(MachineOptions.OwnershipTable)}, or register by AddSevSnp.");
}
