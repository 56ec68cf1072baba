namespace GuestMemory.Rmp;

/// <content>A guest's life: context, launch, ASID, messages, end.</content>
public sealed partial class SnpFirmware
{
    /// <summary>SNP_GCTX_CREATE (0x93).</summary>
    /// <param name="context">The page.</param>
    public FirmwareResult GctxCreate(Pfn context) => GctxCreate(new ContextOperands(context.Address));

    /// <summary>SNP_GCTX_CREATE (0x93).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult GctxCreate(in ContextOperands operands) => Run(SevCommand.GctxCreate, Rmp.GctxCreate.Checks, Rmp.GctxCreate.Commit, operands);

    /// <summary>SNP_LAUNCH_START (0xa0).</summary>
    /// <param name="context">The guest's context page.</param>
    /// <param name="policy">Its policy.</param>
    public FirmwareResult LaunchStart(Pfn context, ulong policy = 0) => LaunchStart(new LaunchStartOperands(context.Address, policy));

    /// <summary>SNP_LAUNCH_START (0xa0).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult LaunchStart(in LaunchStartOperands operands) => Run(SevCommand.LaunchStart, Rmp.LaunchStart.Checks, Rmp.LaunchStart.Commit, operands);

    /// <summary>SNP_ACTIVATE (0x91).</summary>
    /// <param name="context">The guest's context page.</param>
    /// <param name="asid">The ASID.</param>
    public FirmwareResult Activate(Pfn context, Asid asid) => Activate(new ActivateOperands(context.Address, asid));

    /// <summary>SNP_ACTIVATE (0x91).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult Activate(in ActivateOperands operands) => Run(SevCommand.Activate, Rmp.Activate.Checks, Rmp.Activate.Commit, operands);

    /// <summary>SNP_LAUNCH_UPDATE (0xa1).</summary>
    /// <param name="context">The guest's context page.</param>
    /// <param name="page">The page, 4K or 2M.</param>
    /// <param name="type">What it is.</param>
    /// <param name="vmpl1">Mask of VMPL 1.</param>
    /// <param name="vmpl2">Mask of VMPL 2.</param>
    /// <param name="vmpl3">Mask of VMPL 3.</param>
    /// <exception cref="ArgumentException">The page is 1G.</exception>
    public FirmwareResult LaunchUpdate(
        Pfn context, PhysicalPage page, LaunchPageType type, VmplPermissions vmpl1 = default, VmplPermissions vmpl2 = default, VmplPermissions vmpl3 = default) =>
        LaunchUpdate(new LaunchUpdateOperands(context.Address, page.Start.Address, FirmwareAddress.IsLarge(page), type, vmpl1, vmpl2, vmpl3));

    /// <summary>SNP_LAUNCH_UPDATE (0xa1).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult LaunchUpdate(in LaunchUpdateOperands operands)
    {
        if (Fails(SevCommand.LaunchUpdate, operands.Frames, out var failed))
        {
            return failed;
        }

        var refusal = Decide(Rmp.LaunchUpdate.Checks, Rmp.LaunchUpdate.Commit, operands);
        if (Rmp.LaunchUpdate.IsCpuidRefused(refusal))
        {
            CpuidPage.Correct(_platform.Contents, operands.Page.Frame);
        }

        return Ended(SevCommand.LaunchUpdate, operands.Frames, refusal);
    }

    /// <summary>SNP_LAUNCH_FINISH (0xa2), with no ID block.</summary>
    /// <param name="context">The guest's context page.</param>
    public FirmwareResult LaunchFinish(Pfn context) => LaunchFinish(new LaunchFinishOperands(context.Address));

    /// <summary>SNP_LAUNCH_FINISH (0xa2).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult LaunchFinish(in LaunchFinishOperands operands) => Run(SevCommand.LaunchFinish, Rmp.LaunchFinish.Checks, Rmp.LaunchFinish.Commit, operands);

    /// <summary>SNP_GUEST_REQUEST (0x94).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult GuestRequest(in GuestRequestOperands operands) => Run(SevCommand.GuestRequest, Rmp.GuestRequest.Checks, Rmp.GuestRequest.Commit, operands);

    /// <summary>SNP_DECOMMISSION (0x90).</summary>
    /// <param name="context">The guest's context page.</param>
    public FirmwareResult Decommission(Pfn context) => Decommission(new ContextOperands(context.Address));

    /// <summary>SNP_DECOMMISSION (0x90).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult Decommission(in ContextOperands operands) => Run(SevCommand.Decommission, Rmp.Decommission.Checks, Rmp.Decommission.Commit, operands);

    /// <summary>SNP_DBG_DECRYPT (0xb0).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult DebugDecrypt(in DebugOperands operands) => Run(SevCommand.DebugDecrypt, Rmp.DebugDecrypt.Checks, Rmp.DebugDecrypt.Commit, operands);

    /// <summary>SNP_DBG_ENCRYPT (0xb1).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult DebugEncrypt(in DebugOperands operands) => Run(SevCommand.DebugEncrypt, Rmp.DebugEncrypt.Checks, Rmp.DebugEncrypt.Commit, operands);
}
