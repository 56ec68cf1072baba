namespace GuestMemory.Testing.Tests.Mutants;

/// <summary>A nested page table with chosen members done wrongly.</summary>
internal sealed class FaultyMmu : ISecondaryMmu
{
    private int _unmapped;

    public FaultyMmu(VirtualMachine vm, bool staysRegistered = false)
    {
        Vm = vm;
        Tree = vm.CreateNestedPageTable();
        if (staysRegistered)
        {
            vm.Machine.Mappings.Register(new Stranger(Tree));
        }
    }

    public VirtualMachine Vm { get; }

    public NestedPageTable Tree { get; }

    /// <summary>Whether its state holds something that it does not read back.</summary>
    public bool ForgetsState { get; init; }

    public Func<FaultyMmu, MapRequest, MmuAnswer>? OnMap { get; init; }

    public Func<FaultyMmu, GfnRange, KindFilter, MmuAnswer>? OnUnmap { get; init; }

    public Func<FaultyMmu, GfnRange, MmuAnswer>? OnFlush { get; init; }

    public Func<FaultyMmu, Gfn, MmuAnswer>? OnSplit { get; init; }

    public Func<FaultyMmu, Gfn, PageSize, MmuAnswer>? OnMerge { get; init; }

    public MmuAnswer Map(in MapRequest request) => OnMap?.Invoke(this, request) ?? Rightly(request);

    /// <summary>Maps as it should.</summary>
    public MmuAnswer Rightly(in MapRequest request) =>
        request.Size > PageSize.Size2M ? MmuAnswer.Refused(CoreRules.NotSupported.Refuse(request.Gfn.Value)) : Tree.Map(request);

    public MmuAnswer Unmap(GfnRange range, KindFilter kinds)
    {
        _unmapped++;
        return OnUnmap?.Invoke(this, range, kinds) ?? Tree.Unmap(range, kinds);
    }

    public MmuAnswer Flush(GfnRange range) => OnFlush?.Invoke(this, range) ?? Tree.Flush(range);

    public MmuAnswer Split(Gfn gfn) => OnSplit?.Invoke(this, gfn) ?? Tree.Split(gfn);

    public MmuAnswer Merge(Gfn gfn, PageSize size) => OnMerge?.Invoke(this, gfn, size) ?? Tree.Merge(gfn, size);

    public bool TryTranslate(Gfn gfn, out Translation translation) => Tree.TryTranslate(gfn, out translation);

    public void WriteState(ref StateWriter writer)
    {
        Tree.WriteState(ref writer);
        writer.Int32(ForgetsState ? _unmapped : 0);
    }

    public void ReadState(ref StateReader reader)
    {
        Tree.ReadState(ref reader);
        reader.Int32();
    }

    // Says what the tree maps, in a name that the VM does not know as its own.
    private sealed class Stranger(NestedPageTable tree) : IFrameMapper
    {
        public MapperId Id => new(MapperKind.Iommu, 0);

        public void FindMappings(PfnRange frames, ICollection<FrameMapping> found) => tree.FindMappings(frames, found);
    }
}
