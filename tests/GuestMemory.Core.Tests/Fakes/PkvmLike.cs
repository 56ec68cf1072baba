namespace GuestMemory.Tests.Fakes;

/// <summary>A technology in the manner of pKVM: the hypervisor moves a page's ownership in the same step as its translation. Source: systems.md 1.6.</summary>
internal sealed class PkvmLike : IGuestTechnology
{
    public static PkvmLike Instance { get; } = new();

    public string Name => "pKVM-like";

    public ulong VmType => 0x100;

    public TechnologyTraits Traits { get; } = new(HasPrivateMemory: true, HasSystemManagementMode: false, PrivateBytesSurviveUnmap: false);

    public ISecondaryMmu CreateMmu(VirtualMachine vm) => new PkvmMmu(vm, (PkvmTable)vm.Machine.Ownership);

    public PageKind WantedKind(PageKind attribute, bool? asksPrivate) => attribute;

    public Outcome Command(VirtualMachine vm, uint command, Span<byte> data) => CoreRules.NotSupported.Refuse(command);

    /// <summary>From here on the host may take back what the guest owns, and nothing is mapped for it any more.</summary>
    public static void BeginTeardown(VirtualMachine vm) => ((PkvmMmu)vm.Mmu).IsEnding = true;

    /// <summary>The guest's own call: it lends a page it owns to the host.</summary>
    public static Outcome ShareWithHost(VirtualMachine vm, Gfn gfn) =>
        vm.Mmu.TryTranslate(gfn, out var translation) && translation.Kind == PageKind.Private
            ? ((PkvmTable)vm.Machine.Ownership).ShareWithHost(translation.Frame)
            : CoreRules.NotPresent.Refuse(gfn.Value);
}
