namespace GuestMemory.Tests.Fakes;

/// <summary>A technology in the manner of Gunyah: memory is lent or shared as parcels, each its guest's for life. Source: systems.md 1.6.</summary>
internal sealed class GunyahLike : IGuestTechnology
{
    public static GunyahLike Instance { get; } = new();

    public string Name => "Gunyah-like";

    public ulong VmType => 0x101;

    public TechnologyTraits Traits { get; } = new(HasPrivateMemory: true, HasSystemManagementMode: false, PrivateBytesSurviveUnmap: true);

    public ISecondaryMmu CreateMmu(VirtualMachine vm) => new PinnedMmu(vm, (ParcelTable)vm.Machine.Ownership);

    public PageKind WantedKind(PageKind attribute, bool? asksPrivate) => attribute;

    public Outcome Command(VirtualMachine vm, uint command, Span<byte> data) => CoreRules.NotSupported.Refuse(command);

    /// <summary>The guest ends: only now can its parcels be had back.</summary>
    public static void End(VirtualMachine vm) => ((ParcelTable)vm.Machine.Ownership).End(vm.Id);

    /// <summary>The tree of a guest: the host has no hand in it, so nothing is unmapped or replaced while the guest lives.</summary>
    private sealed class PinnedMmu(VirtualMachine vm, ParcelTable table) : TreeMmu(vm)
    {
        public override MmuAnswer Map(in MapRequest request)
        {
            if (table.HasEnded(Vm.Id))
            {
                return new(MmuVerdict.GuestDead, CoreRules.GuestDead.Refuse());
            }

            var replaces = !Vm.Sequence.MustRetry(request.Sample, request.Gfns) && ReplacesAnother(request);
            return replaces ? MmuAnswer.Refused(CoreRules.Pinned.Refuse(request.Gfn.Value)) : base.Map(request);
        }

        public override MmuAnswer Unmap(GfnRange range, KindFilter kinds) =>
            !table.HasEnded(Vm.Id) && AnyLeaf(range, kinds) ? MmuAnswer.Refused(CoreRules.Pinned.Refuse(range.Start.Value)) : base.Unmap(range, kinds);
    }
}
