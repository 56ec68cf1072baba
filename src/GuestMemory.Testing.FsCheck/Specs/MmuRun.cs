namespace GuestMemory.Testing;

/// <summary>A tree and its model under the same commands.</summary>
internal sealed class MmuRun(Func<VirtualMachine, ISecondaryMmu> create, Func<VirtualMachine, ISecondaryMmu> model) : ISpecRun<MmuCommand>
{
    // Both ends of both 2M pages, and what lies beside them.
    private static readonly ulong[] Probes = [0, 1, 2, 3, 4, 5, 6, 255, 510, 511, 512, 513, 514, 515, 1022, 1023];

    private readonly MmuSide _tested = new(create);
    private readonly MmuSide _model = new(model);

    /// <inheritdoc/>
    public string? Apply(MmuCommand command)
    {
        if (command.Call is MmuCall.Map or MmuCall.MapLate && _model.Replaces(command))
        {
            return null;
        }

        var (tested, expected) = (_tested.Apply(command), _model.Apply(command));
        return tested == expected
            ? FirstOtherWalk() ?? FirstOtherCount(command.Call == MmuCall.FlushAll) ?? _tested.StaleUse()
            : $"the answer is {tested}; it should be {expected}";
    }

    private string? FirstOtherWalk()
    {
        foreach (var gfn in Probes)
        {
            var (tested, expected) = (_tested.Walk(gfn), _model.Walk(gfn));
            if (tested != expected)
            {
                return $"a walk of gfn {gfn} finds {Words(tested)}; it should find {Words(expected)}";
            }
        }

        return null;
    }

    private string? FirstOtherCount(bool isFlushed)
    {
        foreach (var frame in Probes)
        {
            var (tested, expected) = (_tested.Counts(frame), _model.Counts(frame));
            if (isFlushed && tested != expected)
            {
                return $"frame {frame} is said to be mapped {tested}; it should be {expected}";
            }
        }

        foreach (var gfn in Probes)
        {
            if (_tested.Walk(gfn) is { } found && _tested.Counts(found.Frame.Value).Of(found.Kind) == 0)
            {
                return $"gfn {gfn} leads to frame {found.Frame.Value}, which is said to be mapped by nobody";
            }
        }

        return null;
    }

    private static string Words(Translation? translation) => translation?.ToString() ?? "nothing";
}
