namespace GuestMemory.Testing.FsCheck.Tests.Fakes;

/// <summary>A nested page table with chosen members done wrongly.</summary>
internal sealed class BrokenTree(VirtualMachine vm) : ISecondaryMmu
{
    private readonly NestedPageTable _tree = vm.CreateNestedPageTable();

    public bool IgnoresSample { get; init; }

    public bool KeepsCache { get; init; }

    public bool UnmapsOneLess { get; init; }

    public bool ForgetsSize { get; init; }

    public MmuAnswer Map(in MapRequest request) => _tree.Map(IgnoresSample ? request with { Sample = vm.Sequence.Sample() } : request);

    public MmuAnswer Unmap(GfnRange range, KindFilter kinds) =>
        _tree.Unmap(UnmapsOneLess && range.Count > 1 ? new(range.Start, range.Count - 1) : range, kinds);

    public MmuAnswer Flush(GfnRange range)
    {
        CachedTranslation[] kept = [.. vm.Cache.Entries];
        var answer = _tree.Flush(range);
        foreach (var entry in KeepsCache ? kept : [])
        {
            vm.Cache.Fill(entry.Vcpu, entry.Gfn, entry.Translation);
        }

        return answer;
    }

    public MmuAnswer Split(Gfn gfn) => _tree.Split(gfn);

    public MmuAnswer Merge(Gfn gfn, PageSize size) => ForgetsSize ? MmuAnswer.Done : _tree.Merge(gfn, size);

    public bool TryTranslate(Gfn gfn, out Translation translation) => _tree.TryTranslate(gfn, out translation);

    public void WriteState(ref StateWriter writer) => _tree.WriteState(ref writer);

    public void ReadState(ref StateReader reader) => _tree.ReadState(ref reader);
}
