namespace GuestMemory.Tests;

/// <summary>A technology with private memory and nothing of its own: what an access wants is what the attribute says.</summary>
/// <param name="vmType">Its type number.</param>
/// <param name="mmu">The tree of its VMs; the plain nested page table when there is none.</param>
internal sealed class TestTechnology(ulong vmType = 1, Func<VirtualMachine, ISecondaryMmu>? mmu = null) : IGuestTechnology
{
    public string Name => $"test technology {VmType}";

    public ulong VmType { get; } = vmType;

    public TechnologyTraits Traits { get; } = new(HasPrivateMemory: true, HasSystemManagementMode: false, PrivateBytesSurviveUnmap: true);

    public ISecondaryMmu CreateMmu(VirtualMachine vm) => mmu?.Invoke(vm) ?? vm.CreateNestedPageTable();

    public PageKind WantedKind(PageKind attribute, bool? asksPrivate) => attribute;

    public Outcome Command(VirtualMachine vm, uint command, Span<byte> data) => CoreRules.NotSupported.Refuse();
}
