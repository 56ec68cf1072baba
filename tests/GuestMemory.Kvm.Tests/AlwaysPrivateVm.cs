namespace GuestMemory.Kvm.Tests;

/// <summary>A technology whose guest always asks for private memory, whatever the attribute says: so the two can differ.</summary>
internal sealed class AlwaysPrivateVm : IGuestTechnology
{
    public const ulong Type = 2;

    public static AlwaysPrivateVm Instance { get; } = new();

    public string Name => "always private";

    public ulong VmType => Type;

    public TechnologyTraits Traits { get; } = new(HasPrivateMemory: true, HasSystemManagementMode: false, PrivateBytesSurviveUnmap: true);

    public ISecondaryMmu CreateMmu(VirtualMachine vm) => vm.CreateNestedPageTable();

    public PageKind WantedKind(PageKind attribute, bool? asksPrivate) => PageKind.Private;

    public Outcome Command(VirtualMachine vm, uint command, Span<byte> data) => Outcome.Success;
}
