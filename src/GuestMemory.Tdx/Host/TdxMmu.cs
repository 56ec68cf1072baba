namespace GuestMemory.Tdx;

/// <summary>A TD's two trees as one: private guest frames in the Secure EPT, shared ones in the host's own nested page table, under one invalidation sequence.</summary>
/// <remarks>A guest frame is in one of them at most. Source: linux-kvm-tdx, mirror and shared roots.</remarks>
public sealed class TdxMmu : ISecondaryMmu, IFrameMapper
{
    internal TdxMmu(VirtualMachine vm, TdxHost host)
    {
        Private = new(vm, host);
        Shared = vm.CreateNestedPageTable();
    }

    /// <summary>The mirror of the Secure EPT.</summary>
    public TdxPrivateMmu Private { get; }

    /// <summary>The shared tree.</summary>
    public NestedPageTable Shared { get; }

    /// <inheritdoc/>
    public MapperId Id => Shared.Id;

    /// <inheritdoc/>
    public MmuAnswer Map(in MapRequest request) => TreeOf(request.Kind).Map(request);

    /// <inheritdoc/>
    /// <remarks>The shared side goes whatever the module says of the private one: its frames are the host's, who takes them away unasked.</remarks>
    public MmuAnswer Unmap(GfnRange range, KindFilter kinds)
    {
        var shared = Shared.Unmap(range, kinds);
        var answer = Private.Unmap(range, kinds);
        return answer.IsDone ? shared : answer;
    }

    /// <inheritdoc/>
    public MmuAnswer Flush(GfnRange range)
    {
        var shared = Shared.Flush(range);
        var answer = Private.Flush(range);
        return answer.IsDone ? shared : answer;
    }

    /// <inheritdoc/>
    public MmuAnswer Split(Gfn gfn) => TreeAt(gfn).Split(gfn);

    /// <inheritdoc/>
    public MmuAnswer Merge(Gfn gfn, PageSize size) => TreeAt(gfn).Merge(gfn, size);

    /// <inheritdoc/>
    public bool TryTranslate(Gfn gfn, out Translation translation) =>
        Private.TryTranslate(gfn, out translation) || Shared.TryTranslate(gfn, out translation);

    /// <inheritdoc/>
    public void FindMappings(PfnRange frames, ICollection<FrameMapping> found)
    {
        Private.FindMappings(frames, found);
        Shared.FindMappings(frames, found);
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        Private.WriteState(ref writer);
        Shared.WriteState(ref writer);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        Private.ReadState(ref reader);
        Shared.ReadState(ref reader);
    }

    private ISecondaryMmu TreeOf(PageKind kind) => kind == PageKind.Private ? Private : Shared;

    private ISecondaryMmu TreeAt(Gfn gfn) => Private.TryTranslate(gfn, out _) ? Private : Shared;
}
