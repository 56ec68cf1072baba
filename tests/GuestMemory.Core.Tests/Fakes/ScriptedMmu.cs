namespace GuestMemory.Tests;

/// <summary>A nested page table whose answers a test may replace: a forgotten flush, a busy lock, a failed removal.</summary>
/// <param name="table">The table behind.</param>
internal sealed class ScriptedMmu(NestedPageTable table) : ISecondaryMmu, IFrameMapper, IStateful
{
    public NestedPageTable Table => table;

    public MapperId Id => table.Id;

    /// <summary>The mutant: answers done and flushes nothing.</summary>
    public bool SkipsFlush { get; set; }

    /// <summary>What the next unmaps answer; done nothing then.</summary>
    public Queue<MmuVerdict> UnmapAnswers { get; } = [];

    /// <summary>What the next flushes answer; done nothing then.</summary>
    public Queue<MmuVerdict> FlushAnswers { get; } = [];

    /// <summary>What the next maps answer; done nothing then.</summary>
    public Queue<MmuVerdict> MapAnswers { get; } = [];

    public MmuAnswer Map(in MapRequest request) => MapAnswers.TryDequeue(out var verdict) ? Answer(verdict) : table.Map(request);

    public MmuAnswer Unmap(GfnRange range, KindFilter kinds) =>
        UnmapAnswers.TryDequeue(out var verdict) ? Answer(verdict) : table.Unmap(range, kinds);

    public MmuAnswer Flush(GfnRange range)
    {
        if (FlushAnswers.TryDequeue(out var verdict))
        {
            return Answer(verdict);
        }

        return SkipsFlush ? MmuAnswer.Done : table.Flush(range);
    }

    public MmuAnswer Split(Gfn gfn) => table.Split(gfn);

    public MmuAnswer Merge(Gfn gfn, PageSize size) => table.Merge(gfn, size);

    public bool TryTranslate(Gfn gfn, out Translation translation) => table.TryTranslate(gfn, out translation);

    public void FindMappings(PfnRange frames, ICollection<FrameMapping> found) => table.FindMappings(frames, found);

    public void WriteState(ref StateWriter writer) => table.WriteState(ref writer);

    public void ReadState(ref StateReader reader) => table.ReadState(ref reader);

    private static MmuAnswer Answer(MmuVerdict verdict) => new(verdict, CoreRules.NotSupported.Refuse());
}
