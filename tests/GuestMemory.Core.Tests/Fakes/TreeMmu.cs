namespace GuestMemory.Tests.Fakes;

/// <summary>A secondary MMU that is a plain nested page table in everything it does not override.</summary>
internal class TreeMmu(VirtualMachine vm) : ISecondaryMmu, IStateful
{
    public NestedPageTable Tree { get; } = vm.CreateNestedPageTable();

    /// <summary>Whether the VM is being torn down: what was kept from the host may be taken now.</summary>
    public bool IsEnding { get; set; }

    protected VirtualMachine Vm { get; } = vm;

    public virtual MmuAnswer Map(in MapRequest request) => Tree.Map(request);

    public virtual MmuAnswer Unmap(GfnRange range, KindFilter kinds) => Tree.Unmap(range, kinds);

    public virtual MmuAnswer Flush(GfnRange range) => Tree.Flush(range);

    public virtual MmuAnswer Split(Gfn gfn) => Tree.Split(gfn);

    public virtual MmuAnswer Merge(Gfn gfn, PageSize size) => Tree.Merge(gfn, size);

    public virtual bool TryTranslate(Gfn gfn, out Translation translation) => Tree.TryTranslate(gfn, out translation);

    public virtual void WriteState(ref StateWriter writer)
    {
        writer.Flag(IsEnding);
        Tree.WriteState(ref writer);
    }

    public virtual void ReadState(ref StateReader reader)
    {
        IsEnding = reader.Flag();
        Tree.ReadState(ref reader);
    }

    /// <summary>Whether a request would put a frame where another one is.</summary>
    protected bool ReplacesAnother(in MapRequest request)
    {
        foreach (var run in Tree.Runs)
        {
            var from = Math.Max(run.Start, request.Gfns.Start.Value);
            var isThere = from < Math.Min(run.End, request.Gfns.End.Value);
            if (isThere && run.Value.Advance(from - run.Start).Frame != request.Frame + (from - request.Gfn.Value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a leaf of a kind is in a range.</summary>
    protected bool AnyLeaf(GfnRange range, KindFilter kinds)
    {
        foreach (var run in Tree.Runs)
        {
            var kind = run.Value.Kind == PageKind.Private ? KindFilter.Private : KindFilter.Shared;
            if ((kinds & kind) != 0 && run.Start < range.End.Value && range.Start.Value < run.End)
            {
                return true;
            }
        }

        return false;
    }
}
