namespace GuestMemory.Tests.Fakes;

/// <summary>The tree of a <see cref="PkvmLike"/> guest: mapping donates or shares, flushing gives back. While the guest lives the host takes nothing it owns.</summary>
internal sealed class PkvmMmu(VirtualMachine vm, PkvmTable table) : TreeMmu(vm)
{
    public override MmuAnswer Map(in MapRequest request)
    {
        if (IsEnding)
        {
            return new(MmuVerdict.GuestDead, CoreRules.GuestDead.Refuse());
        }

        var allowed = ReplacesAnother(request)
            ? CoreRules.Overlap.Refuse(request.Gfn.Value)
            : table.Prepare(new(request.Frames, Vm.Id, request.Gfn, request.Kind));
        if (!allowed.IsSuccess && !Vm.Sequence.MustRetry(request.Sample, request.Gfns))
        {
            return MmuAnswer.Refused(allowed);
        }

        var answer = base.Map(request);
        if (answer.IsDone)
        {
            table.Give(request.Frames, Vm.Id, request.Gfn, request.Kind);
        }

        return answer;
    }

    public override MmuAnswer Unmap(GfnRange range, KindFilter kinds) =>
        !IsEnding && AnyLeaf(range, kinds & KindFilter.Private)
            ? MmuAnswer.Refused(CoreRules.WrongOwner.Refuse(range.Start.Value))
            : base.Unmap(range, kinds);

    public override MmuAnswer Flush(GfnRange range)
    {
        foreach (var run in Tree.Unflushed)
        {
            var part = run.Gfns.Intersect(range);
            table.TakeBack(new(run.Translation.Frame + (part.Start - run.Gfns.Start), part.Count));
        }

        return base.Flush(range);
    }
}
