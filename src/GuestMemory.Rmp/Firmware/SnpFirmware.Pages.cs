namespace GuestMemory.Rmp;

/// <content>Pages: reclaim, fix, metadata, move, swap, join.</content>
public sealed partial class SnpFirmware
{
    /// <summary>SNP_PAGE_RECLAIM (0xc7).</summary>
    /// <param name="page">The page, 4K or 2M.</param>
    /// <exception cref="ArgumentException">The page is 1G.</exception>
    public FirmwareResult PageReclaim(PhysicalPage page) => PageReclaim(new PageOperands(page.Start.Address, FirmwareAddress.IsLarge(page)));

    /// <summary>SNP_PAGE_RECLAIM (0xc7).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult PageReclaim(in PageOperands operands) => Run(SevCommand.PageReclaim, Rmp.PageReclaim.Checks, Rmp.PageReclaim.Commit, operands);

    /// <summary>SNP_PAGE_SET_STATE (0xc6) to HV-Fixed.</summary>
    /// <param name="ranges">The pages.</param>
    public FirmwareResult PageSetState(params IReadOnlyList<FirmwareRange> ranges) => PageSetState(new SetStateOperands(ranges));

    /// <summary>SNP_PAGE_SET_STATE (0xc6) to HV-Fixed.</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult PageSetState(in SetStateOperands operands)
    {
        ArgumentNullException.ThrowIfNull(operands.Ranges, nameof(operands));
        var call = new FirmwareCall<SetStateOperands>(_platform, operands);
        var refusal = Rmp.PageSetState.Checks.Decide(ref call, _platform.Rules);
        return refusal is not null
            ? Ended(SevCommand.PageSetState, operands.Frames, refusal)
            : Ended(SevCommand.PageSetState, operands.Frames, Rmp.PageSetState.Apply(_platform, operands));
    }

    /// <summary>SNP_PAGE_MD_INIT (0xc3).</summary>
    /// <param name="context">The guest's context page.</param>
    /// <param name="page">The page.</param>
    public FirmwareResult MetadataInit(Pfn context, Pfn page) => MetadataInit(new MetadataInitOperands(context.Address, page.Address));

    /// <summary>SNP_PAGE_MD_INIT (0xc3).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult MetadataInit(in MetadataInitOperands operands) => Run(SevCommand.MetadataInit, Rmp.MetadataInit.Checks, Rmp.MetadataInit.Commit, operands);

    /// <summary>SNP_PAGE_MOVE (0xc2).</summary>
    /// <param name="context">The guest's context page.</param>
    /// <param name="from">The page that moves, 4K or 2M.</param>
    /// <param name="to">Where to; of the same size.</param>
    /// <exception cref="ArgumentException">A page is 1G, or the sizes differ.</exception>
    public FirmwareResult PageMove(Pfn context, PhysicalPage from, PhysicalPage to) => from.Size == to.Size
        ? PageMove(new PageMoveOperands(context.Address, from.Start.Address, to.Start.Address, FirmwareAddress.IsLarge(from)))
        : throw new ArgumentException($"A page of {from.Size} does not move to one of {to.Size}: the command has one size.", nameof(to));

    /// <summary>SNP_PAGE_MOVE (0xc2).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult PageMove(in PageMoveOperands operands) => Run(SevCommand.PageMove, Rmp.PageMove.Checks, Rmp.PageMove.Commit, operands);

    /// <summary>SNP_PAGE_SWAP_OUT (0xc0).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult SwapOut(in SwapOperands operands) => Run(SevCommand.SwapOut, Rmp.SwapOut.Checks, Rmp.SwapOut.Commit, operands);

    /// <summary>SNP_PAGE_SWAP_IN (0xc1).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult SwapIn(in SwapOperands operands) => Run(SevCommand.SwapIn, Rmp.SwapIn.Checks, Rmp.SwapIn.Commit, operands);

    /// <summary>SNP_PAGE_UNSMASH (0xc8).</summary>
    /// <param name="at">The first of 512 pages.</param>
    public FirmwareResult PageUnsmash(Pfn at) => PageUnsmash(new PageOperands(at.Address));

    /// <summary>SNP_PAGE_UNSMASH (0xc8).</summary>
    /// <param name="operands">The operands; the page is 2M whatever they say.</param>
    public FirmwareResult PageUnsmash(in PageOperands operands) =>
        Run(SevCommand.PageUnsmash, Rmp.PageUnsmash.Checks, Rmp.PageUnsmash.Commit, operands with { IsLarge = true });

    /// <summary>Whether a command of SEV or SEV-ES may write a page. Nothing is changed, and no observer hears of it.</summary>
    /// <param name="page">The page.</param>
    public FirmwareResult CheckLegacyTarget(Pfn page)
    {
        var call = new FirmwareCall<PageOperands>(_platform, new(page.Address));
        return LegacyTarget.Checks.Decide(ref call, _platform.Rules) is { } refusal ? new(refusal.Answer, refusal) : default;
    }
}
