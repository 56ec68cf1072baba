namespace GuestMemory.Tests;

/// <summary>A technology with private memory and nothing of its own: what an access wants is what the attribute says.</summary>
/// <param name="vmType">Its type number.</param>
/// <param name="mmu">The tree of its VMs; the plain nested page table when there is none.</param>
/// <param name="bytesSurvive">Whether private bytes survive being unmapped.</param>
internal sealed class TestTechnology(ulong vmType = 1, Func<VirtualMachine, ISecondaryMmu>? mmu = null, bool bytesSurvive = true) : IGuestTechnology
{
    /// <summary>The VMs whose end it heard of.</summary>
    public List<GuestId> Gone { get; } = [];

    public string Name => $"test technology {VmType}";

    public ulong VmType { get; } = vmType;

    public TechnologyTraits Traits { get; } = new(HasPrivateMemory: true, HasSystemManagementMode: false, PrivateBytesSurviveUnmap: bytesSurvive);

    public ISecondaryMmu CreateMmu(VirtualMachine vm) => mmu?.Invoke(vm) ?? vm.CreateNestedPageTable();

    public PageKind WantedKind(PageKind attribute, bool? asksPrivate) => attribute;

    public Outcome Command(VirtualMachine vm, uint command, Span<byte> data) => CoreRules.NotSupported.Refuse();

    public void Ended(VirtualMachine vm) => Gone.Add(vm.Id);
}
