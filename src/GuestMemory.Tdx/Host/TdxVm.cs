namespace GuestMemory.Tdx;

/// <summary>A VM with TDX (KVM_X86_TDX_VM). Its machine's ownership table is a <see cref="PamtOwnershipTable"/>.</summary>
public sealed class TdxVm : IGuestTechnology
{
    /// <summary>The one instance; it holds nothing.</summary>
    public static TdxVm Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "TDX VM";

    /// <inheritdoc/>
    public ulong VmType => 5;

    /// <inheritdoc/>
    public TechnologyTraits Traits { get; } = new(HasPrivateMemory: true, HasSystemManagementMode: false, PrivateBytesSurviveUnmap: false, SharedIsAnotherAddress: true);

    /// <inheritdoc/>
    public IGuestProcessor? Processor => TdxProcessor.Instance;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The machine's ownership table is none with a PAMT.</exception>
    public ISecondaryMmu CreateMmu(VirtualMachine vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return new TdxMmu(vm, HostOf(vm));
    }

    /// <inheritdoc/>
    public PageKind WantedKind(PageKind attribute, bool? asksPrivate) =>
        asksPrivate is { } isPrivate ? isPrivate ? PageKind.Private : PageKind.Shared : attribute;

    /// <inheritdoc/>
    public Outcome Command(VirtualMachine vm, uint command, Span<byte> data)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return new TdxLaunch(vm, HostOf(vm)).Run(command, data);
    }

    /// <inheritdoc/>
    public void End(VirtualMachine vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        var host = HostOf(vm);
        if (host.Find(vm.Id) is { IsReleased: false } td)
        {
            host.Release(td);
        }
    }

    /// <inheritdoc/>
    public void Ended(VirtualMachine vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        var host = HostOf(vm);
        if (host.Find(vm.Id) is { } td)
        {
            host.Reclaim(td);
        }
    }

    internal static TdxHost HostOf(VirtualMachine vm) => vm.Machine.Ownership is PamtOwnershipTable table
        ? table.Host
        : throw new InvalidOperationException($"A machine for TDX VMs needs a {nameof(PamtOwnershipTable)}; set {nameof(MachineOptions)}.{nameof(MachineOptions.OwnershipTable)}, or register by AddTdx.");
}
