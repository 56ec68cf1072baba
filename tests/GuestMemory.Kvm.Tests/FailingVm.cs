namespace GuestMemory.Kvm.Tests;

/// <summary>A technology with private memory whose tree can be told to fail its next unmaps for good.</summary>
internal sealed class FailingVm : IGuestTechnology
{
    public const ulong Type = 2;

    /// <summary>Whether unmapping fails from now on.</summary>
    public bool Fails { get; set; }

    public string Name => "failing";

    public ulong VmType => Type;

    public TechnologyTraits Traits { get; } = new(HasPrivateMemory: true, HasSystemManagementMode: false, PrivateBytesSurviveUnmap: true);

    public ISecondaryMmu CreateMmu(VirtualMachine vm) => new Tree(this, vm.CreateNestedPageTable());

    public PageKind WantedKind(PageKind attribute, bool? asksPrivate) => attribute;

    public Outcome Command(VirtualMachine vm, uint command, Span<byte> data) => Outcome.Success;

    private sealed class Tree(FailingVm technology, NestedPageTable table) : ISecondaryMmu, IFrameMapper, IStateful
    {
        public MapperId Id => table.Id;

        public MmuAnswer Map(in MapRequest request) => table.Map(request);

        public MmuAnswer Unmap(GfnRange range, KindFilter kinds) =>
            technology.Fails ? new(MmuVerdict.Failed, CoreRules.GuestDead.Refuse()) : table.Unmap(range, kinds);

        public MmuAnswer Flush(GfnRange range) => table.Flush(range);

        public MmuAnswer Split(Gfn gfn) => table.Split(gfn);

        public MmuAnswer Merge(Gfn gfn, PageSize size) => table.Merge(gfn, size);

        public bool TryTranslate(Gfn gfn, out Translation translation) => table.TryTranslate(gfn, out translation);

        public void FindMappings(PfnRange frames, ICollection<FrameMapping> found) => table.FindMappings(frames, found);

        public void WriteState(ref StateWriter writer) => table.WriteState(ref writer);

        public void ReadState(ref StateReader reader) => table.ReadState(ref reader);
    }
}
