namespace GuestMemory.Rmp;

/// <content>Accepting and releasing pages, and giving lower levels rights.</content>
public abstract partial class SnpGuest
{
    private const ulong PagesPerLargePage = 512;

    /// <summary>Accepts pages: PVALIDATE of the size asked for, or page by page where the entries are 4K.</summary>
    /// <param name="gpa">First page.</param>
    /// <param name="size">4K or 2M.</param>
    /// <exception cref="ArgumentException">The size is 1G.</exception>
    public virtual GuestAnswer Accept(Gpa gpa, PageSize size = PageSize.Size4K) => Run(gpa, () => Pvalidate(gpa, size, validate: true));

    /// <summary>Takes the acceptance back, before the host is asked to share the pages.</summary>
    /// <param name="gpa">First page.</param>
    /// <param name="size">4K or 2M.</param>
    /// <exception cref="ArgumentException">The size is 1G.</exception>
    public virtual GuestAnswer Release(Gpa gpa, PageSize size = PageSize.Size4K) => Run(gpa, () => Pvalidate(gpa, size, validate: false));

    /// <summary>RMPADJUST: what a lower level may do with a page.</summary>
    /// <param name="gpa">The page.</param>
    /// <param name="target">The level.</param>
    /// <param name="permissions">Its mask.</param>
    /// <param name="size">4K or 2M.</param>
    /// <param name="vmsa">Whether the page becomes a save area; heeded at VMPL 0 only.</param>
    /// <exception cref="ArgumentException">The size is 1G.</exception>
    public GuestAnswer Adjust(Gpa gpa, Vmpl target, VmplPermissions permissions, PageSize size = PageSize.Size4K, bool vmsa = false)
    {
        var attributes = (uint)target.Value | ((ulong)permissions << 8) | (vmsa ? 0x1_0000UL : 0);
        var isLarge = IsLarge(size);
        return Run(gpa, () => AnswerOf(Platform.RmpAdjust(Cpu, WalkTo(gpa), isLarge, attributes)));
    }

    /// <summary>One PVALIDATE, or one for each 4K page where the entries turn out to be 4K.</summary>
    /// <param name="gpa">First page.</param>
    /// <param name="size">4K or 2M.</param>
    /// <param name="validate">Accept, or take the acceptance back.</param>
    protected GuestAnswer Pvalidate(Gpa gpa, PageSize size, bool validate)
    {
        var result = Platform.Pvalidate(Cpu, WalkTo(gpa), IsLarge(size), validate);
        if (result.Fault.IsFault)
        {
            return GuestAnswer.Faulted(result.Fault, result.DecidedBy);
        }

        return result.Status switch
        {
            RmpStatus.Success => OnPvalidated(FramesOf(gpa, size), validate, result),
            RmpStatus.FailSizeMismatch when !Platform.Rules.IsOff(SnpConductRules.SmallerPages) => EachPage(gpa, validate),
            _ => GuestAnswer.Failed(result.Status, result.DecidedBy),
        };
    }

    /// <summary>PVALIDATE answered success: what the guest makes of the carry flag.</summary>
    /// <param name="frames">The pages.</param>
    /// <param name="validate">What was asked.</param>
    /// <param name="result">How it ended.</param>
    protected virtual GuestAnswer OnPvalidated(GfnRange frames, bool validate, in PvalidateResult result) => GuestAnswer.Done(result.Carry ? 1UL : 0);

    /// <summary>The pages of a request.</summary>
    /// <param name="gpa">First page.</param>
    /// <param name="size">4K or 2M.</param>
    /// <exception cref="ArgumentException">The size is 1G.</exception>
    protected static GfnRange FramesOf(Gpa gpa, PageSize size) => new(gpa.Frame, IsLarge(size) ? PagesPerLargePage : 1);

    private GuestAnswer EachPage(Gpa gpa, bool validate)
    {
        var answer = default(GuestAnswer);
        for (var page = 0UL; page < PagesPerLargePage && answer.IsDone; page++)
        {
            answer = Pvalidate((gpa.Frame + page).Address, PageSize.Size4K, validate);
        }

        return answer;
    }

    private GuestWalk WalkTo(Gpa gpa)
    {
        var isMapped = Nested.TryTranslate(gpa, out var frame, out var size);
        return new(gpa.Value, gpa, frame, size, End: isMapped ? WalkEnd.Translated : WalkEnd.NestedFault);
    }

    private static GuestAnswer AnswerOf(in InstructionResult result)
    {
        if (result.Fault.IsFault)
        {
            return GuestAnswer.Faulted(result.Fault, result.DecidedBy);
        }

        return result.IsSuccess ? default : GuestAnswer.Failed(result.Status, result.DecidedBy);
    }

    private static bool IsLarge(PageSize size) => size switch
    {
        PageSize.Size4K => false,
        PageSize.Size2M => true,
        _ => throw new ArgumentException($"The RMP has pages of 4K and 2M, not {size}.", nameof(size)),
    };
}
