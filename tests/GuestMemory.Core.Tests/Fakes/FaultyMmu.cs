namespace GuestMemory.Tests.Fakes;

/// <summary>A nested page table with chosen members done wrongly.</summary>
internal sealed class FaultyMmu : TreeMmu
{
    private int _unmapped;

    public FaultyMmu(VirtualMachine vm, bool staysRegistered = false)
        : base(vm)
    {
        if (staysRegistered)
        {
            vm.Machine.Mappings.Register(new Stranger(Tree));
        }
    }

    public new VirtualMachine Vm => base.Vm;

    /// <summary>Whether its state holds something that it does not read back.</summary>
    public bool ForgetsState { get; init; }

    public Func<FaultyMmu, MapRequest, MmuAnswer>? OnMap { get; init; }

    public Func<FaultyMmu, GfnRange, KindFilter, MmuAnswer>? OnUnmap { get; init; }

    public Func<FaultyMmu, GfnRange, MmuAnswer>? OnFlush { get; init; }

    public Func<FaultyMmu, Gfn, MmuAnswer>? OnSplit { get; init; }

    public Func<FaultyMmu, Gfn, PageSize, MmuAnswer>? OnMerge { get; init; }

    public override MmuAnswer Map(in MapRequest request) => OnMap?.Invoke(this, request) ?? Rightly(request);

    /// <summary>Maps as it should.</summary>
    public MmuAnswer Rightly(in MapRequest request) =>
        request.Size > PageSize.Size2M ? MmuAnswer.Refused(CoreRules.NotSupported.Refuse(request.Gfn.Value)) : base.Map(request);

    public override MmuAnswer Unmap(GfnRange range, KindFilter kinds)
    {
        _unmapped++;
        return OnUnmap?.Invoke(this, range, kinds) ?? base.Unmap(range, kinds);
    }

    public override MmuAnswer Flush(GfnRange range) => OnFlush?.Invoke(this, range) ?? base.Flush(range);

    public override MmuAnswer Split(Gfn gfn) => OnSplit?.Invoke(this, gfn) ?? base.Split(gfn);

    public override MmuAnswer Merge(Gfn gfn, PageSize size) => OnMerge?.Invoke(this, gfn, size) ?? base.Merge(gfn, size);

    public override void WriteState(ref StateWriter writer)
    {
        base.WriteState(ref writer);
        writer.Int32(ForgetsState ? _unmapped : 0);
    }

    public override void ReadState(ref StateReader reader)
    {
        base.ReadState(ref reader);
        reader.Int32();
    }

    // Says what the tree maps, in a name that the VM does not know as its own.
    private sealed class Stranger(NestedPageTable tree) : IFrameMapper
    {
        public MapperId Id => new(MapperKind.Iommu, 0);

        public void FindMappings(PfnRange frames, ICollection<FrameMapping> found) => tree.FindMappings(frames, found);
    }
}
