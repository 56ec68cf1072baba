namespace GuestMemory.Rmp;

/// <content>What the policy does around the RMP's own instructions.</content>
public sealed partial class HostDirectMap
{
    /// <summary>RMPUPDATE as the kernel runs it: the direct map is made ready before, and follows after.</summary>
    /// <param name="operands">Page and new state.</param>
    public InstructionResult RmpUpdate(in RmpUpdateOperands operands)
    {
        BeforeUpdate(operands);
        var result = _platform.RmpUpdate(operands);
        AfterUpdate(operands);
        return result;
    }

    /// <summary>PSMASH as the kernel runs it: the direct map follows.</summary>
    /// <param name="frame">A frame of the 2M page.</param>
    public InstructionResult Psmash(Pfn frame)
    {
        var result = _platform.Psmash(frame.Address);
        AfterResize(frame);
        return result;
    }

    /// <summary>Makes the direct map ready for an RMPUPDATE; also for one that then fails, unless the map lacks a page of it.</summary>
    /// <param name="operands">Page and new state.</param>
    public void BeforeUpdate(in RmpUpdateOperands operands)
    {
        if (!Has(operands.Frames))
        {
            return;
        }

        if (Policy.Splits == DirectMapSplitting.EveryUpdate || (Policy.Splits == DirectMapSplitting.SmallUpdates && !operands.IsLarge))
        {
            Split(operands.Frame);
        }

        if (Policy.UnmapsAssigned && operands.Assigned)
        {
            SetPresent(operands.Frames, present: false);
        }
    }

    /// <summary>Lets the direct map follow an RMPUPDATE, done or refused: it goes by the table.</summary>
    /// <param name="operands">Page and new state, as before.</param>
    public void AfterUpdate(in RmpUpdateOperands operands)
    {
        if (Policy.UnmapsAssigned && Has(operands.Frames))
        {
            ShowUnassigned(operands.Frames);
        }

        AfterResize(operands.Frame);
    }

    /// <summary>Lets the direct map follow a PSMASH.</summary>
    /// <param name="head">A frame of the 2M page.</param>
    public void AfterPsmash(Pfn head) => AfterResize(head);

    /// <summary>Lets the direct map follow a PAGE_UNSMASH.</summary>
    /// <param name="head">A frame of the 2M page.</param>
    public void AfterUnsmash(Pfn head) => AfterResize(head);

    private void AfterResize(Pfn frame)
    {
        if (!Policy.FollowsTable || !Has(new(frame, 1)))
        {
            return;
        }

        if (_platform.Table.IsInLargePage(frame) || _platform.Table.AssignedIn2M(frame) == 0)
        {
            Merge(frame);
        }
        else
        {
            Split(frame);
        }
    }

    private void ShowUnassigned(PfnRange frames)
    {
        for (var at = frames.Start; at < frames.End;)
        {
            var assigned = _platform.Table.Resolve(at).Assigned;
            var end = at + 1;
            while (end < frames.End && _platform.Table.Resolve(end).Assigned == assigned)
            {
                end += 1;
            }

            SetPresent(PfnRange.FromBounds(at, end), !assigned);
            at = end;
        }
    }
}
